"""CC-Gen: policies, databases, tools and user queries whose complexity is set on four axes.

After CAP-CPT's generator (arXiv 2510.11588, "CC-Gen"): environment, task, workflow, query.
`benchmark.generate(Setting(…))` gives the files of a benchmark, `world.World` runs a model's tool
calls on its databases, `world.succeeded` judges an episode as tau-bench does.
"""
