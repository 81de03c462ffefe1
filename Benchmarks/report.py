#!/usr/bin/env python3
"""Runs all benchmarks, prints one table, and writes it into docs/benchmarks.md with the machine and the versions.

Nothing is asserted: a timing is a measurement. It ends with an error only when something could not be measured."""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(os.path.dirname(HERE), "docs", "benchmarks.md")
BEGIN, END = "<!-- measured by make bench: begin -->", "<!-- end -->"
HEAD = ("figure", "measured", "beside", "ratio", "to reach")


def output(*command):
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout + done.stderr


def hot_paths(program):
    """One core, in process; the fastest of 501 samples, as everything else on the machine only makes it slower."""
    found = {row["name"]: row for row in json.loads(subprocess.run([program, "--json"], check=True, capture_output=True, text=True).stdout)}

    def micro(name):
        return found[name]["fastest"] / 1000

    bare, digest, plain, ruled = micro("bare"), micro("digest"), micro("plain"), micro("rules")
    yield (f"judge RS256, 1 KB token, claims only ({1e6 / plain:,.0f}/s)", f"{plain:.1f} µs",
           f"bare RSA-2048 {bare:.1f} µs ({1e6 / bare:,.0f}/s; without hashing {digest:.1f} µs)", f"{bare / plain:.2f}", "0.80")
    yield (f"the same with the CEL rule set ({1e6 / ruled:,.0f}/s)", f"{ruled:.1f} µs", "Go authenticator 8,900/s",
           f"{1e6 / ruled / 8900:.2f}", "3")
    many = found["issuers"]["fastest"] / found["plain"]["fastest"] - 1
    yield ("the same, claims only, one of 10,000 issuers", f"{micro('issuers'):.1f} µs", "", f"{many * 100:+.1f} %", "under +5 %")
    yield ("what the CEL rule set adds", f"{ruled - plain:.1f} µs", "", "", "under 10 µs")
    yield ("claims.email.endsWith('@example.com')", f"{micro('expression'):.2f} µs", "", "", "under 0.5 µs")
    yield ("heap allocations of judging, claims only", f"{found['plain']['allocations']:.0f}",
           f"of them {found['bare']['allocations']:.0f} in the verification", "", "")


def rows_of(script, *options):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([sys.executable, f"{HERE}/{script}", *options, "--json", file.name], check=True, stdout=subprocess.DEVNULL)
        for row in json.load(file):
            yield tuple(row[key] for key in ("name", "value", "peer", "ratio", "goal"))


def scenario(demo, programs):
    text = subprocess.run(
        [sys.executable, demo, "--programs", programs, "--quiet", "--figures"], check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in text.partition("\nFIGURE")[2].partition("\n\n")[0].splitlines()[1:]:
        yield line[:48].strip(), line[48:70].strip(), "", "", "under " + line[70:].strip()


def machine(envoy):
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    speed = re.search(r"rsa 2048 bits.*\s([\d.]+)\s*$", output("openssl", "speed", "-seconds", "2", "rsa2048"), re.MULTILINE)
    def version(pattern, *command):
        done = subprocess.run(command, capture_output=True, text=True)
        found = re.search(pattern, done.stdout + done.stderr)
        return found.group(1) if found else "?"

    return (
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, Linux "
        f"{platform.release()}; Swift {version(r'Swift version ([0-9.]+)', 'swift', '--version')}, Envoy "
        f"{version(r'/([0-9.]+)/', envoy, '--version')}, nginx {version(r'nginx/([0-9.]+)', 'nginx', '-v')}, "
        f"{version(r'(wrk [^ ]+)', 'wrk', '-v')}. `openssl speed rsa2048`: {float(speed.group(1)):,.0f} verifications/s here; "
        "78,900/s where the Go figures were measured.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the optimised programs")
    parser.add_argument("--envoy", required=True)
    parser.add_argument("--judging-only", action="store_true", help="leave out what needs a controller")
    options = parser.parse_args()
    rows = list(hot_paths(os.path.join(options.programs, "HotPaths")))
    worker = os.path.join(options.programs, "authenticator")
    rows += rows_of("SideBySide/run.py", "--worker", worker, "--envoy", options.envoy)
    if not options.judging_only:
        rows += rows_of("API/run.py", "--programs", options.programs)
        rows += scenario(os.path.join(os.path.dirname(HERE), "demo", "run.py"), options.programs)
    widths = [max(len(row[column]) for row in [HEAD, *rows]) for column in range(len(HEAD))]
    for row in [HEAD, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    about = machine(options.envoy)
    print("\n" + about)
    table = "\n".join("| " + " | ".join(row) + " |" for row in [HEAD, ("---",) * len(HEAD), *rows])
    with open(PAGE) as file:
        before, _, rest = file.read().partition(BEGIN)
    after = rest.partition(END)[2]
    if not rest or not after:
        sys.exit(f"{PAGE} has no place for the figures ({BEGIN} … {END})")
    with open(PAGE, "w") as file:
        file.write(f"{before}{BEGIN}\n\n{table}\n\n{about}\n\n{END}{after}")


if __name__ == "__main__":
    main()
