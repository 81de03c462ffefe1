#!/usr/bin/env python3
"""How long a change takes until all workers judge by it, how long the way back takes, and what roll-outs cost requests.

    run.py --programs DIR [--workers 3] [--changes 20] [--roll-outs 100] [--json FILE]
    run.py --programs DIR --simulated 1000 [--max-unavailable 25%] [--changes 20] [--json FILE]

A real controller with real workers and a small OpenID provider, all on this machine; soak 0, one worker at a time (or the share given by
--max-unavailable). A change is a PATCH over a connection that is kept; it is live when the controller has recorded it as good, which is after
every worker has said that it judges by it. Nothing is asserted.

With --simulated the workers are tasks of one program, `fleet`: each has its certificate, its connections and its watch and does towards the
controller what a worker does, but judges no tokens. The controller is the real one, on the same machine."""
import argparse
import http.client
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "demo"))
from cluster import Cluster
from screen import Screen, eventually

ISSUER = os.path.join(ROOT, "Tests/SystemTests/Issuer/issuer.py")
LOGINS = os.path.join(ROOT, "Tests/SystemTests/Issuer/logins.py")
AUTHENTICATION = "/apis/config.openshift.io/v1/authentications/cluster"
KUBE_API_SERVER = "/apis/operator.openshift.io/v1/kubeapiservers/cluster"
POLICY = "/apis/postern.dev/v1alpha1/rolloutpolicies/cluster"
PATIENCE = 120


class API:
    """The controller's API over one connection."""

    def __init__(self, cluster):
        # The record of many workers is long: reading it all the time would be what is measured.
        self.pause = 0.002 if len(cluster.workers) < 500 else 0.05
        self.connection = http.client.HTTPSConnection("127.0.0.1", cluster.api_port, context=cluster.tls(), timeout=30)

    def request(self, method, path, body=None):
        headers = {"Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json"}
        self.connection.request(method, path, body=json.dumps(body) if body else None, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def status(self):
        return self.request("GET", KUBE_API_SERVER).get("status", {})

    def until(self, holds, what):
        deadline = time.monotonic() + PATIENCE
        while True:
            status = self.status()
            if holds(status):
                return status
            if time.monotonic() > deadline:
                raise RuntimeError(f"not in {PATIENCE} s: {what}: {json.dumps(status)[:2000]}")
            time.sleep(self.pause)


def provider(url, authority, audiences, rules=()):
    found = {"name": "sso", "issuer": {"issuerURL": url, "audiences": audiences, "issuerCertificateAuthority": {"name": authority}},
             "claimMappings": {"username": {"claim": "name", "prefixPolicy": "Prefix", "prefix": {"prefixString": "sso:"}}}}
    return {"spec": {"type": "OIDC", "webhookTokenAuthenticator": None, "oidcProviders": [found | {"claimValidationRules": list(rules)}]}}


def change(api, spec):
    """Seconds until all workers judge by it."""
    before = api.status().get("lastGoodRevision", 0)
    begun = time.monotonic()
    api.request("PATCH", AUTHENTICATION, spec)
    api.until(lambda status: status.get("lastGoodRevision", 0) > before, "the change is live")
    return time.monotonic() - begun


def way_back(api, spec):
    """Seconds from the record of a revision's failure until nobody has it any more."""
    good = api.status()["lastGoodRevision"]
    api.request("PATCH", AUTHENTICATION, spec)
    api.until(lambda status: any(node.get("lastFailedRevision", 0) > good for node in status["nodeStatuses"]), "a failure")
    begun = time.monotonic()
    api.until(lambda status: all(node["currentRevision"] == good and not node.get("targetRevision") for node in status["nodeStatuses"]),
              "all are back")
    return time.monotonic() - begun


def ways_back(api, url):
    """The longest way back of three, with people who log in all the time."""
    nobody = {"type": "CEL", "cel": {"expression": "claims.name == 'nobody'", "message": "nobody"}}
    # The workers report every ten seconds; before that nothing is known to compare with.
    time.sleep(12)
    longest = 0
    for number in range(3):
        longest = max(longest, way_back(api, provider(url, "idp-ca", ["console", f"c{number}"], [nobody])))
        change(api, provider(url, "idp-ca", ["console", f"d{number}"]))
    return longest


class Load:
    """Each worker is asked as fast as it answers, on four connections."""

    def __init__(self, cluster, token):
        self.runs = [subprocess.Popen(["ab", "-q", "-k", "-c", "4", "-t", "3600", "-n", "100000000", "-H", f"Authorization: Bearer {token}",
                                       f"https://127.0.0.1:{worker.port}/auth"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                     for worker in cluster.workers]

    def end(self):
        """How many requests were answered, and how many not with 200."""
        done = failed = 0
        for run in self.runs:
            run.send_signal(2)
            text = run.communicate()[0]
            done += int(re.search(r"Complete requests:\s+(\d+)", text).group(1))
            for name in ("Non-2xx responses", "Failed requests"):
                found = re.search(rf"{name}:\s+(\d+)", text)
                failed += int(found.group(1)) if found else 0
        return done, failed


class SimulatedFleet(Cluster):
    """A controller that runs no processes, and a program that plays its workers."""

    def command(self):
        return super().command() + ["--no-processes"]

    def start(self, seconds=30):
        printed = super().start(seconds)
        self.fleet = subprocess.Popen([os.path.join(self.programs, "fleet"), "--server", f"https://127.0.0.1:{self.api_port}",
                                       "--data", self.data, "--workers", str(len(self.workers))],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=open(os.path.join(self.folder, "fleet.log"), "wb"))
        return printed

    def processor_seconds(self):
        """What the processes have used so far."""
        used = {}
        for name, process in (("controller", self.controller), ("simulated workers", self.fleet)):
            with open(f"/proc/{process.pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            used[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return used

    def stop(self):
        if getattr(self, "fleet", None):
            self.fleet.kill()
            self.fleet.wait()
        super().stop()


def row(name, value, goal):
    return {"name": name, "value": value, "goal": goal}


def measure(cluster, issuer, folder, options):
    api = API(cluster)
    url = issuer.stdout.readline().decode().strip()
    token = subprocess.run([sys.executable, ISSUER, folder, "console"], capture_output=True, text=True, check=True).stdout.strip()
    with open(os.path.join(folder, "ca.crt")) as file:
        bundle = {"metadata": {"name": "idp-ca"}, "data": {"ca-bundle.crt": file.read()}}
    api.request("POST", "/api/v1/namespaces/openshift-config/configmaps", {"apiVersion": "v1", "kind": "ConfigMap"} | bundle)
    api.request("PATCH", POLICY, {"spec": {"maxUnavailable": options.max_unavailable}})
    api.until(lambda status: len(status.get("nodeStatuses", [])) == options.workers and status.get("lastGoodRevision", 0) > 0, "the start")
    specs = (provider(url, "idp-ca", ["console", f"a{number}"]) for number in itertools.count())
    change(api, next(specs))
    before = cluster.processor_seconds() if options.simulated else {}
    times = [change(api, next(specs)) for _ in range(options.changes)]
    text = f"{statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f})"
    kind = "simulated workers" if options.simulated else "workers"
    yield row(f"change until live on {options.workers} {kind}, median of {options.changes}", text,
              {3: "0.5 s", 100: "3 s", 1000: "10 s"}.get(options.workers, ""))
    for name, spent in (cluster.processor_seconds() if options.simulated else {}).items():
        yield row(f"of it processor time of the {name}, mean", f"{(spent - before[name]) / options.changes:.1f} s", "")
    if options.roll_outs:
        load = Load(cluster, token)
        try:
            time.sleep(1)
            for _ in range(options.roll_outs):
                change(api, next(specs))
        finally:
            done, failed = load.end()
        yield row(f"valid requests refused or failed in {options.roll_outs} roll-outs under load", f"{failed} of {done:,}", "0")
        logins = subprocess.Popen([sys.executable, LOGINS, os.path.join(cluster.data, "pki/ca.crt"), token]
                                  + [f"https://127.0.0.1:{worker.port}" for worker in cluster.workers],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            yield row("way back to the last good revision after logins failed, worst of 3", f"{ways_back(api, url):.3f} s", "2 s")
        finally:
            logins.stdin.close()
            logins.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", required=True)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--simulated", type=int, default=0)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--roll-outs", type=int, default=100)
    parser.add_argument("--max-unavailable", type=lambda text: int(text) if text.isdigit() else text, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="postern-rollouts-")
    issuer_folder = os.path.join(folder, "issuer")
    os.makedirs(issuer_folder)
    issuer = subprocess.Popen([sys.executable, ISSUER, issuer_folder], stdout=subprocess.PIPE)
    if options.simulated:
        # What needs tokens is for real workers.
        options.workers, options.roll_outs = options.simulated, 0
    cluster = (SimulatedFleet if options.simulated else Cluster)(options.programs, folder, Screen(), workers=options.workers)
    rows = []
    try:
        cluster.start(seconds=120)
        for found in measure(cluster, issuer, issuer_folder, options):
            rows.append(found)
            print(f"{found['name']}: {found['value']} (to reach: {found['goal']})", flush=True)
    finally:
        cluster.stop()
        issuer.kill()
        issuer.wait()
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
