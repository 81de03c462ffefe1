"""Asks a controller everything that its OpenAPI documents allow, and much that they do not: schemathesis against a server of its own.

    openapi_answers.py --programs DIR [--seconds 60] [--seed 1]

Fails on an answer of 500 or above, and on one whose code, media type or body is not what the documents say.
"""
import argparse
import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../demo"))
from cluster import Cluster
from screen import Screen

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


class Controller(Cluster):
    def command(self):
        return super().command() + ["--no-processes"]


def documents(controller):
    """All documents in one: their paths and components have names of their own."""
    def get(path):
        with urllib.request.urlopen(f"https://127.0.0.1:{controller.api_port}{path}", context=controller.tls()) as answer:
            return json.load(answer)

    whole = None
    for entry in get("/openapi/v3")["paths"].values():
        document = get(entry["serverRelativeURL"])
        if whole is None:
            whole = document
        whole["paths"].update(document["paths"])
        for kind, components in document["components"].items():
            whole["components"].setdefault(kind, {}).update(components)
    return whole


def run(controller, options):
    controller.start(60)
    controller.tls()  # writes the certificates' files
    path = os.path.join(controller.folder, "openapi.json")
    with open(path, "w") as file:
        json.dump(documents(controller), file)
    at = lambda name: os.path.join(controller.folder, f"admin-{name}.pem")
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": HERE, "PYTHONDONTWRITEBYTECODE": "1"}
    code = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", path, "--url", f"https://127.0.0.1:{controller.api_port}",
         "--tls-verify", at("ca"), "--request-cert", at("cert"), "--request-cert-key", at("key"), "--request-timeout", "20",
         "--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-time", str(options.seconds), "--seed", str(options.seed),
         "--generation-database", "none", "--continue-on-failure", "--warnings", "off", "--no-color"],
        env=environment, cwd=controller.folder, stdin=subprocess.DEVNULL).returncode
    if controller.controller.poll() is not None:
        print(f"the controller ended with {controller.controller.returncode}")
        return 1
    return code


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="postern-openapi-") as folder:
        controller = Controller(options.programs, folder, Screen(quiet=True), workers=1)
        try:
            return run(controller, options)
        finally:
            controller.stop()


sys.exit(main())
