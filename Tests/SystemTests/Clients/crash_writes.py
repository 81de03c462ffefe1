"""Kills a controller with SIGKILL in the middle of many writes, and compares what is left with what it had acknowledged.

    crash_writes.py --programs DIR [--rounds 20] [--writes 10000] [--clients 8] [--seed 1]

Each client creates, replaces and deletes config maps of its own, one request after the other, until all of them together have that
many answers. A watcher follows from before the first write, and resumes from the last revision that it read whenever its connection
ends. At a random place the controller is killed, and started again. Then, for each client:

- every object is as the last acknowledged write left it, or, where the answer was lost with the controller, as that write would have;
- the watch told every write exactly once and in order, and no revision came twice or went back.
"""
import argparse
import http.client
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "demo"))
from cluster import Cluster
from screen import Screen

PATH = "/api/v1/namespaces/default/configmaps"
NAMES = 40
LOST = (OSError, http.client.HTTPException, ValueError)
DEADLINE = 300


class Controller(Cluster):
    """Without workers: the store is what is tried."""

    def command(self):
        return super().command() + ["--no-processes"]


class Connection:
    """One connection after the other to a controller that may be away."""

    def __init__(self, controller):
        self.controller, self.http = controller, None

    def request(self, method, path, body=None):
        if self.http is None:
            self.http = http.client.HTTPSConnection("127.0.0.1", self.controller.api_port, context=self.controller.tls(), timeout=30)
        try:
            self.http.request(method, path, body=body and json.dumps(body), headers={"Content-Type": "application/json"})
            answer = self.http.getresponse()
            return answer.status, json.loads(answer.read())
        except LOST:
            self.close()
            raise

    def patiently(self, method, path):
        """A read, repeated until the controller is there."""
        end = time.monotonic() + DEADLINE
        while True:
            try:
                return self.request(method, path)
            except LOST:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def close(self):
        if self.http is not None:
            self.http.close()
            self.http = None


class Progress:
    """How many writes were acknowledged, and who waits for a number of them."""

    def __init__(self, writes):
        self.writes, self.count, self.changed = writes, 0, threading.Condition()

    def acknowledge(self):
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    @property
    def is_over(self):
        return self.count >= self.writes

    def wait(self, count):
        with self.changed:
            if not self.changed.wait_for(lambda: self.count >= count, DEADLINE):
                raise RuntimeError(f"only {self.count} of {count} writes were acknowledged")


class Client(threading.Thread):
    """Writes, and remembers: `objects` is what should be there, `history` what a watch should have told."""

    def __init__(self, number, controller, progress, seed):
        super().__init__(daemon=True)
        self.prefix, self.progress = f"c{number}-", progress
        self.connection, self.random = Connection(controller), random.Random(seed)
        self.objects, self.history, self.problems, self.lost, self.kept = {}, [], [], 0, 0
        self.sequence = 0

    def run(self):
        try:
            while not self.progress.is_over and not self.problems:
                self.write()
        except Exception as problem:  # the thread ends; its round must not pass
            self.problems.append(f"{self.prefix}: {type(problem).__name__}: {problem}")
        finally:
            self.connection.close()

    def write(self):
        name = self.prefix + str(self.random.randrange(NAMES))
        self.sequence += 1
        before, after = self.objects.get(name), str(self.sequence)
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"},
                "data": {"sequence": after, "filling": "x" * self.random.randrange(400)}}
        if before is None:
            method, path, expected, event = "POST", PATH, 201, ("ADDED", name, after)
        elif self.random.random() < 0.15:
            method, path, expected, event, after, body = "DELETE", f"{PATH}/{name}", 200, ("DELETED", name, before), None, None
        else:
            method, path, expected, event = "PUT", f"{PATH}/{name}", 200, ("MODIFIED", name, after)
        try:
            code, answer = self.connection.request(method, path, body)
        except LOST:
            self.lost += 1
            found = self.stored(name)
            if found not in (before, after):
                self.problems.append(f"{name} is {found}; it was {before}, and {after} was asked for")
            if found == before:
                return
            self.kept += 1
        else:
            if code == 503:
                return
            if code != expected:
                self.problems.append(f"{method} {name}: {code} {answer.get('message')}")
                return
            self.progress.acknowledge()
        self.history.append(event)
        if after is None:
            del self.objects[name]
        else:
            self.objects[name] = after

    def stored(self, name):
        code, answer = self.connection.patiently("GET", f"{PATH}/{name}")
        return answer["data"]["sequence"] if code == 200 else None


class Watcher(threading.Thread):
    """Every event from a revision on, over as many connections as it takes."""

    def __init__(self, controller):
        super().__init__(daemon=True)
        self.connection, self.tls, self.port = Connection(controller), controller.tls(), controller.api_port
        self.revision = self.connection.patiently("GET", PATH)[1]["metadata"]["resourceVersion"]
        self.events, self.problems, self.connections, self.is_over = [], [], 0, False

    def run(self):
        while not self.is_over and not self.problems:
            try:
                self.read()
            except LOST:
                time.sleep(0.05)

    def read(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=5)
        try:
            connection.request("GET", f"{PATH}?watch=true&resourceVersion={self.revision}&timeoutSeconds=600")
            answer = connection.getresponse()
            self.connections += 1
            if answer.status != 200:
                self.problems.append(f"the watch from {self.revision}: {answer.status} {answer.read()[:300]}")
                return
            while line := answer.readline():
                if not line.endswith(b"\n"):
                    break
                self.take(json.loads(line))
        finally:
            connection.close()

    def take(self, event):
        if event["type"] == "ERROR":
            self.problems.append(f"the watch from {self.revision}: {event['object']}")
            return
        metadata = event["object"]["metadata"]
        if int(metadata["resourceVersion"]) <= int(self.revision):
            self.problems.append(f"revision {metadata['resourceVersion']} after {self.revision}")
        self.revision = metadata["resourceVersion"]
        self.events.append((event["type"], metadata["name"], event["object"]["data"]["sequence"]))


def play(controller, options, seed):
    """One round; returns what is wrong, and a line that tells what happened."""
    controller.start(60)
    watcher = Watcher(controller)
    watcher.start()
    progress, chance = Progress(options.writes), random.Random(seed)
    clients = [Client(number, controller, progress, seed * 1000 + number) for number in range(options.clients)]
    for client in clients:
        client.start()
    at = chance.randrange(options.writes // 10, options.writes * 9 // 10)
    progress.wait(at)
    controller.kill_controller()
    controller.start(60)
    for client in clients:
        client.join(DEADLINE)
    problems = [problem for client in clients for problem in client.problems]
    problems += ["a client does not end" for client in clients if client.is_alive()]
    expected = sum(len(client.history) for client in clients)
    end = time.monotonic() + 30
    while len(watcher.events) < expected and not watcher.problems and time.monotonic() < end:
        time.sleep(0.05)
    watcher.is_over = True
    problems += watcher.problems + compare(controller, clients, watcher)
    lost, kept = sum(client.lost for client in clients), sum(client.kept for client in clients)
    return problems, (f"killed after {at} of {progress.count} acknowledged writes; {lost} answers lost, {kept} of these writes kept; "
                      f"{len(watcher.events)} events over {watcher.connections} connections")


def compare(controller, clients, watcher):
    _, answer = Connection(controller).patiently("GET", PATH)
    stored = {item["metadata"]["name"]: item["data"]["sequence"] for item in answer["items"]}
    problems = []
    for client in clients:
        mine = {name: value for name, value in stored.items() if name.startswith(client.prefix)}
        for name in sorted(mine.keys() | client.objects.keys()):
            if mine.get(name) != client.objects.get(name):
                problems.append(f"{name} is {mine.get(name)}, and {client.objects.get(name)} was acknowledged")
        told = [event for event in watcher.events if event[1].startswith(client.prefix)]
        if told != client.history:
            place = next((i for i, pair in enumerate(zip(told, client.history)) if pair[0] != pair[1]), min(len(told), len(client.history)))
            problems.append(f"{client.prefix}: the watch told {len(told)} events of {len(client.history)}; number {place}: "
                            f"{told[place:place + 2]} and not {client.history[place:place + 2]}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--writes", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    for number in range(options.rounds):
        folder = tempfile.mkdtemp(prefix="postern-crash-")
        controller = Controller(options.programs, folder, Screen(quiet=True), workers=1)
        began = time.monotonic()
        try:
            problems, what = play(controller, options, options.seed + number)
        finally:
            controller.stop()
        print(f"round {number + 1}: {what}; {time.monotonic() - began:.0f} s", flush=True)
        for problem in problems[:20]:
            print(f"  {problem}", flush=True)
        if problems:
            failed += 1
            print(f"  the data folder is kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"crash-writes: {options.rounds - failed} of {options.rounds} rounds without a lost write, a gap or a repeat")
    return 1 if failed else 0


sys.exit(main())
