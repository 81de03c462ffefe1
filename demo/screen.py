"""What the demo prints: steps, what is typed, what comes back, and the table at the end."""
import sys
import time

COLOUR = sys.stdout.isatty()


def paint(text, code):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


class StepFailed(Exception):
    """A step did not do what it promises; the text says what was expected and what came."""


class Screen:
    def __init__(self, quiet=False):
        self.quiet, self.rows = quiet, []

    def line(self, text=""):
        if not self.quiet:
            print(text, flush=True)

    def typed(self, command):
        self.line("    " + paint("$ " + command, "1"))

    def answer(self, text, limit=30):
        lines = text.rstrip("\n").split("\n") if text.strip() else []
        for line in lines[:limit]:
            self.line("      " + line)
        if len(lines) > limit:
            self.line(f"      … {len(lines) - limit} more lines")

    def note(self, text):
        self.line("    " + paint(text, "2"))

    def good(self, text):
        self.line("    " + paint("✓ ", "32") + text)

    def run(self, number, title, action):
        """Runs a step; True when it did what it promises."""
        self.line()
        self.line(paint(f"[{number}] {title}", "1;36"))
        begin = time.monotonic()
        problem = None
        try:
            action()
        except StepFailed as failure:
            problem = str(failure)
        except Exception as failure:  # a bug of the demo or a program that is gone: it fails the step as well
            problem = f"{type(failure).__name__}: {failure}"
        seconds = time.monotonic() - begin
        self.rows.append((number, title, seconds, problem))
        if problem:
            print("    " + paint("✗ " + problem, "31"), flush=True)
        return problem is None

    def table(self):
        width = max((len(title) for _, title, _, _ in self.rows), default=4)
        print(f"\n{'STEP':<6}{'WHAT':<{width + 2}}{'SECONDS':>8}  RESULT")
        for number, title, seconds, problem in self.rows:
            print(f"{number:<6}{title:<{width + 2}}{seconds:>8.2f}  " + (paint("failed", "31") if problem else "passed"))


def expect(condition, expected, found=""):
    """Fails the step unless the condition holds."""
    if not condition:
        raise StepFailed(f"expected {expected}" + (f"; got: {str(found).strip()[:1500]}" if found != "" else ""))


def eventually(condition, what, seconds=20.0, pause=0.02):
    """Waits for a condition; fails the step at the deadline. Returns what the condition returned."""
    deadline = time.monotonic() + seconds
    last = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except (OSError, StepFailed, ValueError, KeyError) as problem:
            last = problem
        if time.monotonic() > deadline:
            raise StepFailed(f"{what}: not within {seconds:.0f} s; last: {last}")
        time.sleep(pause)
