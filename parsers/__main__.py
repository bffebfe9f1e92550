"""`python -m parsers POLICY [--format json|jsonl|markdown|dot]`: print a policy's specification.

The specification, or with `--review` a sheet to check and correct it by, goes to stdout (or to
`--output`), diagnostics to stderr. With `--lint`, what a person should mend in the document instead
(`--format json` for machines): exit code 0 when there is nothing, else 1. Exit code 2 and one
message for bad input, or an `--assist` endpoint that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from parsers import parse
from parsers.endpoint import KEY_VARIABLE, EndpointError
from parsers.formats import FORMATS
from parsers.override_file import beside
from parsers.reading import PolicyError
from parsers.review import review
from parsers.schema import json_schema


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parsers", description=(__doc__ or "").strip())
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("policy", nargs="?", help="a Markdown, plain-text, HTML, Word or PDF file")
    what.add_argument("--schema", action="store_true", help="the JSON Schema of --format json")
    parser.add_argument("--name", help="the policy's name (default: the file's stem)")
    parser.add_argument("--format", choices=tuple(FORMATS), default="markdown")
    parser.add_argument("--lint", action="store_true", help="list what to mend, by file and line")
    parser.add_argument("--review", action="store_true", help="a sheet to check and correct by")
    parser.add_argument("--overrides", help="corrections (default: NAME.overrides.yaml beside it)")
    parser.add_argument("--assist", metavar="URL", help="of an OpenAI-compatible endpoint whose "
                        "model is asked where the parser is in doubt; its key is read from "
                        f"${KEY_VARIABLE}")  # fmt: skip
    parser.add_argument("--assist-model", metavar="NAME", default="", help="of that model")
    parser.add_argument("--assist-all", action="store_true", help="ask for every statement")
    parser.add_argument("--proposals", type=Path, metavar="FILE", help="keep its replies there, "
                        "so that another call asks only what has changed")  # fmt: skip
    parser.add_argument("--output", type=Path, help="a file to write to instead of stdout")
    options = parser.parse_args(arguments)
    if options.schema:
        print(json_schema())
        return 0
    try:
        if options.lint:
            from parsers.lint.output import findings, render

            found = findings(Path(options.policy), options.name)
            print(render(found, "json" if options.format == "json" else "text"))
            return 1 if found else 0
        helper = None
        if options.assist:
            from parsers.assist import by_endpoint
            from parsers.endpoint import AssistConfig

            told = {"base_url": options.assist, "model": options.assist_model}
            config = AssistConfig(source="endpoint", everything=options.assist_all, **told)
            helper = by_endpoint(config, options.proposals)
        spec = parse(options.policy, options.name, options.overrides, helper)
    except (PolicyError, EndpointError) as error:
        print(error, file=sys.stderr)
        return 2
    by_hand = options.overrides or str(beside(Path(options.policy)))
    text = review(spec, by_hand) if options.review else FORMATS[options.format](spec)
    if options.output is None:
        print(text)
    else:
        options.output.write_text(text + "\n", encoding="utf-8")
    for diagnostic in spec.diagnostics:
        line = ""
        if diagnostic.spans:
            line = f"line {spec.document.line(diagnostic.spans[0])}: "
        print(f"{diagnostic.kind}: {line}{diagnostic.message}; {diagnostic.suggestion}",
              file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
