#!/usr/bin/env python3
"""Side by side on one machine, in one run: a worker, Envoy's jwt_authn and nginx, each on core 0, asked by wrk from core 1.

What is compared is requests per second of processor time of the server, taken in turns; the best of the rounds counts for each."""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import servers
import tokens

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS = 20_000


class Load:
    """One run of wrk against a server."""

    def __init__(self, server, file, path, kind, seconds):
        before = server.cpu_seconds()
        text = subprocess.run(
            ["taskset", "-c", "1", "wrk", "-t1", "-c16", f"-d{seconds}s", "-s", f"{HERE}/requests.lua",
             f"http://127.0.0.1:{server.port}", "--", file, path, kind],
            check=True, capture_output=True, text=True).stdout
        used = server.cpu_seconds() - before
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        if bad:
            raise SystemExit(f"{server.name} {path}: {bad.group(0)}")
        self.requests = int(re.search(r"(\d+) requests in", text).group(1))
        self.per_cpu_second = self.requests / used
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.rows = []
        self.file = f"{folder}/tokens.txt"
        self.servers = []

    def run(self):
        self.certificates()
        port = self.port()
        issuer = tokens.ISSUER.format(port=port)
        signer = tokens.Signer(issuer)
        signer.write(self.file, TOKENS)
        servers.Issuer(port, self.folder, signer.jwks)
        with open(self.file) as file:
            header = {"Authorization": "Bearer " + file.readline().strip()}

        def worker(cache, extra=None):
            server = servers.worker(self.options.worker, self.folder, [self.port(), self.port()], issuer, cache, extra)
            return self.started(server, "/auth", header)

        def envoy(cache):
            return self.started(servers.envoy(self.options.envoy, self.folder, self.port(), issuer, signer.jwks, cache), "/", header)

        self.uncached(worker(0), envoy(0))
        self.cached(worker(65_536), envoy(30_000))
        nginx = self.started(servers.nginx(self.folder, self.port()), "/", {})
        plain = self.best([(nginx, "/", "get")])[0]
        self.row("nginx, an empty answer, requests per CPU-second (for comparison)", plain.per_cpu_second, None, None)
        self.stop()
        self.allocations(worker)
        self.stop()

    def started(self, server, path, header):
        self.servers.append(server)
        server.wait(path, header)
        return server

    def stop(self):
        for server in self.servers:
            server.stop()
        self.servers = []

    # What is measured

    def uncached(self, worker, envoy):
        review, check, peer = self.best([
            (worker, "/apis/authentication.k8s.io/v1/tokenreviews", "review"), (worker, "/auth", "get"), (envoy, "/", "get")])
        self.row("TokenReview, nothing cached, requests per CPU-second", review.per_cpu_second, peer.per_cpu_second, 1.6)
        self.row("forward-auth, nothing cached, requests per CPU-second", check.per_cpu_second, peer.per_cpu_second, None)
        self.half_rate(worker, check.rate, envoy, peer.rate)
        self.stop()

    def half_rate(self, worker, most, envoy, peer_most):
        """Requests at random times, half as many as the server can answer. The best of many short rounds: what else a machine does only
        makes answers later, and virtual machines stand still for milliseconds. /livez, for which nothing is done, shows what of it is
        the machine's."""
        program, found = f"{self.folder}/arrivals", {}
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", program, f"{HERE}/arrivals.c", "-lm"], check=True)
        for _ in range(4 * self.options.rounds):
            for server, path, maximum in ((worker, "/auth", most), (worker, "/livez", most), (envoy, "/", peer_most)):
                text = subprocess.run(
                    ["taskset", "-c", "1", program, str(server.port), path, self.file, str(maximum / 2), "1", "64"],
                    check=True, capture_output=True, text=True).stdout
                p99 = json.loads(text)["p99"]
                found[server, path] = min(p99, found.get((server, path), p99))
        own, idle, peer = found[worker, "/auth"], found[worker, "/livez"], found[envoy, "/"]
        self.rows.append({
            "name": f"forward-auth, nothing cached, p99 at {most / 2:,.0f} of {most:,.0f}/s (/livez: {idle:.2f} ms)",
            "value": f"{own:.2f} ms", "peer": f"{peer:.2f} ms", "ratio": f"{own / peer:.2f}", "goal": "under 1 ms",
        })

    def cached(self, worker, envoy):
        before = worker.memory()
        for server, path in ((worker, "/auth"), (envoy, "/")):
            # Each token twice, so that what is measured next is the cache.
            Load(server, self.file, path, "get", max(6, self.options.seconds))
        check, peer = self.best([(worker, "/auth", "get"), (envoy, "/", "get")])
        self.row("forward-auth, cached, requests per CPU-second", check.per_cpu_second, peer.per_cpu_second, 1.0)
        own, theirs = worker.memory(), envoy.memory()
        self.rows.append({
            "name": f"resident memory with {TOKENS:,} cached tokens", "value": f"{own:.0f} MB", "peer": f"{theirs:.0f} MB",
            "ratio": f"{own / theirs:.2f}", "goal": "under 0.1 ×",
        })
        self.rows.append({
            "name": f"of it for {TOKENS:,} tokens and the load", "value": f"{own - before:.1f} MB", "peer": "", "ratio": "",
            "goal": "under 15 MB",
        })
        self.stop()

    def allocations(self, worker):
        """Calls of malloc and its like for each request: in forward-auth, and for a path where nothing is done."""
        library, counter = f"{self.folder}/counter.so", f"{self.folder}/count"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, f"{HERE}/counter.c"], check=True)
        counts = {}
        for path in ("/auth", "/livez"):
            with open(counter, "wb") as file:
                file.write(bytes(8))
            server = worker(65_536, {"LD_PRELOAD": library, "ALLOCATION_COUNTER": counter})
            Load(server, self.file, "/auth", "get", max(6, self.options.seconds))
            before = self.count(counter)
            load = Load(server, self.file, path, "get", self.options.seconds)
            counts[path] = (self.count(counter) - before) / load.requests
            self.stop()
        self.rows.append({
            "name": "heap allocations, forward-auth, cached (beside: /livez, the same headers)", "value": f"{counts['/auth']:.2f}",
            "peer": f"{counts['/livez']:.2f}", "ratio": "", "goal": "not more",
        })

    @staticmethod
    def count(counter):
        with open(counter, "rb") as file:
            return int.from_bytes(file.read(8), sys.byteorder)

    def best(self, candidates):
        """Of each the best of several rounds; in turns, as what disturbs one disturbs the others."""
        found = [[] for _ in candidates]
        for _ in range(self.options.rounds):
            for loads, (server, path, kind) in zip(found, candidates):
                loads.append(Load(server, self.file, path, kind, self.options.seconds))
        return [max(loads, key=lambda load: load.per_cpu_second) for loads in found]

    def row(self, name, value, peer, goal):
        self.rows.append({
            "name": name, "value": f"{value:,.0f}", "peer": f"{peer:,.0f}" if peer else "",
            "ratio": f"{value / peer:.2f}" if peer else "", "goal": f"{goal} ×" if goal else "",
        })

    # What they need

    @staticmethod
    def port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def certificates(self):
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=bench")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=bench")
        with open(f"{self.folder}/names", "w") as file:
            file.write("subjectAltName=IP:127.0.0.1,DNS:localhost")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-out", "server.crt", "-extfile", "names")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", required=True, help="the authenticator program")
    parser.add_argument("--envoy", required=True)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--json", help="the file to write the figures to")
    options = parser.parse_args()
    missing = [name for name in ("wrk", "nginx", "openssl", "taskset", "cc") if not shutil.which(name)]
    if missing:
        sys.exit(f"missing: {', '.join(missing)} (Debian: apt install wrk nginx-light openssl util-linux)")
    if os.cpu_count() < 2:
        sys.exit("two cores are needed: one for the server, one for the load")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, folder)
        try:
            bench.run()
        finally:
            bench.stop()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(bench.rows, file, indent=1)
    for row in bench.rows:
        print("  ".join((row["name"].ljust(78), row["value"].rjust(10), row["peer"].rjust(10), row["ratio"].rjust(5), row["goal"])))


if __name__ == "__main__":
    main()
