"""What users wait for and what a process needs: measured, printed, and asserted by nobody."""
import http.client
import os
import re
import shutil
import subprocess
import time

from cluster import free_ports
from screen import eventually


class Figures:
    """The measured values with what they are to stay under, as one table."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, goal):
        self.rows.append((name, value, goal))

    def print(self):
        if self.rows:
            print(f"\n{'FIGURE':<48}{'MEASURED':<22}TO REACH: UNDER")
            for name, value, goal in self.rows:
                print(f"{name:<48}{value:<22}{goal}")


def resident(pid):
    """Megabytes of memory that a process really has."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) / 1024


def cold_start(cluster, folder):
    """Seconds of a worker's start without controller and provider, from exec until /readyz answers 200: the best of five."""
    shutil.copytree(os.path.join(cluster.data, "workers", "worker-0"), folder, dirs_exist_ok=True)
    port, dead = free_ports(2)
    os.unlink(os.path.join(folder, "process.json"))
    spent = []
    for _ in range(5):
        begin = time.monotonic()
        process = subprocess.Popen(
            [os.path.join(cluster.programs, "authenticator"), "--name", "worker-0", "--data", folder,
             "--controller", f"https://127.0.0.1:{dead}", "--listen", f"127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=cluster.environment())
        try:
            eventually(lambda: is_ready(cluster, port), "the lonely worker is ready", pause=0.002)
            spent.append(time.monotonic() - begin)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return min(spent)


def is_ready(cluster, port):
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=cluster.tls(), timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    finally:
        connection.close()
