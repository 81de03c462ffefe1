#!/usr/bin/env python3
"""What the controller's API takes: reads, lists and durable writes on one core, and a change told to many watchers.

    run.py --programs DIR [--seconds 5] [--watchers 1000] [--json FILE]

The controller has core 0 to itself and `ab` (apache2-utils) asks from the others, over TLS with the administrator's certificate on
connections that are kept. Rates are requests per second of processor time of the controller. Nothing is asserted."""
import argparse
import asyncio
import base64
import json
import os
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "demo"))
from cluster import Cluster
from screen import Screen

MAPS = "/api/v1/namespaces/default/configmaps"
LIST = "/api/v1/namespaces/openshift-config/configmaps"
AUTHENTICATION = "/apis/config.openshift.io/v1/authentications/cluster"


class Controller(Cluster):
    """Without workers: the API alone is measured."""

    def command(self):
        return ["taskset", "-c", "0"] + super().command() + ["--no-processes"]

    def processor_seconds(self):
        with open(f"/proc/{self.controller.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def certificate(controller):
    """The administrator's certificate and key in one file, as ab wants them."""
    with open(controller.kubeconfig) as file:
        text = file.read()
    parts = [re.search(rf"{name}: *\"?([A-Za-z0-9+/=]+)", text).group(1) for name in ("client-certificate-data", "client-key-data")]
    path = os.path.join(controller.folder, "admin.pem")
    with open(path, "wb") as file:
        file.write(b"\n".join(base64.b64decode(part) for part in parts))
    return path


def load(controller, pem, path, seconds, body=None, connections=16):
    """Requests per second, and per second of the controller's processor time."""
    command = ["taskset", "-c", "1-%d" % (os.cpu_count() - 1), "ab", "-q", "-k", "-E", pem, "-c", str(connections), "-t", str(seconds),
               "-n", "10000000"]
    if body is not None:
        file = os.path.join(controller.folder, "body.json")
        with open(file, "w") as output:
            json.dump(body, output)
        command += ["-p", file, "-T", "application/json"]
    before = controller.processor_seconds()
    done = subprocess.run(command + [f"https://127.0.0.1:{controller.api_port}{path}"], capture_output=True, text=True)
    spent = controller.processor_seconds() - before
    text = done.stdout
    found = re.search(r"Complete requests:\s+(\d+)", text)
    if not found:
        raise RuntimeError(f"ab: {done.stdout}{done.stderr}")
    count = int(found.group(1))
    failed = re.search(r"Non-2xx responses:\s+(\d+)", text)
    if failed or count == 0:
        raise RuntimeError(f"{path}: {failed.group(0) if failed else 'nothing answered'}")
    rate = float(re.search(r"Requests per second:\s+([\d.]+)", text).group(1))
    return rate, count / spent


def request(controller, method, path, body):
    """One request over a connection of its own."""
    import http.client

    connection = http.client.HTTPSConnection("127.0.0.1", controller.api_port, context=controller.tls(), timeout=30)
    connection.request(method, path, body=json.dumps(body), headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]}")


def config_map(name, namespace, filling=400):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace, "labels": {"a": "b"}},
            "data": {"k": "x" * filling}}


async def fan_out(controller, watchers, changes):
    """Seconds from a change's acknowledgement until the last watcher has it, and until the median one has."""
    context = controller.tls()
    seen = asyncio.Queue()

    async def watch():
        reader, writer = await asyncio.open_connection("127.0.0.1", controller.api_port, ssl=context, limit=1 << 20)
        writer.write(f"GET {MAPS}?watch=true&fieldSelector=metadata.name%3Dtold HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await writer.drain()
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    async def read(reader):
        while True:
            line = await reader.readline()
            if not line:
                return
            found = re.search(rb'"sequence":"(\d+)"', line)
            if found:
                seen.put_nowait((int(found.group(1)), time.monotonic()))

    connections = []
    for start in range(0, watchers, 20):
        connections += await asyncio.gather(*(watch() for _ in range(min(20, watchers - start))))
    tasks = [asyncio.create_task(read(reader)) for reader, _ in connections]
    results = []
    for number in range(changes + 1):
        body = config_map("told", "default")
        body["data"]["sequence"] = str(number)
        method, path = ("POST", MAPS) if number == 0 else ("PUT", MAPS + "/told")
        begun = time.monotonic()
        await asyncio.to_thread(request, controller, method, path, body)
        times = []
        while len(times) < watchers:
            sequence, at = await asyncio.wait_for(seen.get(), 30)
            if sequence == number:
                times.append(at - begun)
        if number > 0:
            results.append((max(times), statistics.median(times)))
    for task in tasks:
        task.cancel()
    for _, writer in connections:
        writer.close()
    return min(results), statistics.median(last for last, _ in results)


async def measure(controller, seconds, watchers):
    for number in range(1000):
        request(controller, "POST", LIST, config_map(f"m-{number}", "openshift-config"))
    pem = certificate(controller)
    _, nothing = load(controller, pem, "/livez", seconds)
    _, one = load(controller, pem, AUTHENTICATION, seconds)
    yield row("API: get of one object, per CPU-second", f"{one:,.0f}", f"/livez, which does nothing: {nothing:,.0f}", one / nothing, "15,000")
    _, thousand = load(controller, pem, LIST, seconds, connections=2)
    yield row("API: list of 1,000 objects, per CPU-second", f"{thousand:,.0f}", goal="100")
    body = config_map("", "default")
    del body["metadata"]["name"]
    body["metadata"]["generateName"] = "made-"
    created, per_cpu = load(controller, pem, MAPS, seconds, body, connections=32)
    yield row("API: create, on disk when it is answered, per second", f"{created:,.0f}", f"{per_cpu:,.0f} per CPU-second", goal="2,000")
    (last, _), usual = await fan_out(controller, watchers, 10)
    yield row(f"API: a change told to {watchers:,} watchers", f"{last * 1000:.0f} ms", f"median of 10: {usual * 1000:.0f} ms", goal="under 200 ms")


def row(name, value, beside="", ratio=None, goal=""):
    return {"name": name, "value": value, "peer": beside, "ratio": "" if ratio is None else f"{ratio:.2f}", "goal": goal}


async def report(controller, arguments, rows):
    async for measured in measure(controller, arguments.seconds, arguments.watchers):
        print("%-54s %-10s %-42s %-6s %s" % tuple(measured.values()), flush=True)
        rows.append(measured)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--watchers", type=int, default=1000)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="postern-api-")
    os.sched_setaffinity(0, range(1, os.cpu_count()))
    controller = Controller(arguments.programs, folder, Screen(quiet=True))
    rows = []
    try:
        controller.start()
        asyncio.run(report(controller, arguments, rows))
    finally:
        controller.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file)


main()
