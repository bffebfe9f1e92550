"""CLEVR scenes and ClevrPolicy: pictures, scene graphs, decision trees over them, and questions.

After CLEVR (arXiv 1612.06890) for the scenes and TriMPI (arXiv 2510.09474, "ClevrPolicy") for the
policies. `scenes.sample` gives a scene, `render.render` its picture, `benchmark.generate` the files
of a benchmark, `questions.generate` plain questions on scenes.
"""
