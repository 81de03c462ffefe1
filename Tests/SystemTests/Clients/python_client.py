"""Python's official client of Kubernetes against a controller: what operators and scripts use it for.

    python_client.py          KUBECONFIG names the administrator's kubeconfig

Ends with 0 when everything is as it should be; the first thing that is not ends it with its traceback.
"""
import threading

from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError

NAMESPACE = "openshift-config"


def check(found, expected):
    assert found == expected, f"expected {expected!r}, got {found!r}"


def text(body):
    return body.decode() if isinstance(body, bytes) else body


def typed(api):
    """The generated client: secrets and config maps, which it knows by their types."""
    core = client.CoreV1Api(api)
    created = core.create_namespaced_config_map(
        NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(generate_name="typed-"), data={"a": "1"}))
    name = created.metadata.name
    assert name.startswith("typed-") and len(name) > len("typed-"), name
    check(core.read_namespaced_config_map(name, NAMESPACE).data, {"a": "1"})
    # Its patches are strategic merges unless it is told otherwise.
    check(core.patch_namespaced_config_map(name, NAMESPACE, {"data": {"b": "2"}}).data, {"a": "1", "b": "2"})
    created.data = {"c": "3"}
    try:
        core.replace_namespaced_config_map(name, NAMESPACE, created)
        raise AssertionError("an old version replaced a new one")
    except ApiException as refusal:
        check((refusal.status, refusal.reason), (409, "Conflict"))
    secret = core.create_namespaced_secret(
        NAMESPACE, client.V1Secret(metadata=client.V1ObjectMeta(name="typed"), string_data={"key": "value"}))
    check((secret.type, secret.data), ("Opaque", {"key": "dmFsdWU="}))
    pages, more = [], None
    while more is None or more:
        page = core.list_secret_for_all_namespaces(limit=1, _continue=more)
        pages += [item.metadata.name for item in page.items]
        more = page.metadata._continue or ""
    assert "typed" in pages, pages
    core.delete_namespaced_secret("typed", NAMESPACE)
    core.delete_namespaced_config_map(name, NAMESPACE, body=client.V1DeleteOptions(propagation_policy="Foreground"))
    check(client.VersionApi(api).get_code().major, "1")
    check(client.AuthenticationV1Api(api).create_self_subject_review(client.V1SelfSubjectReview()).status.user_info.username,
          "system:admin")
    review = client.V1SelfSubjectAccessReview(spec=client.V1SelfSubjectAccessReviewSpec(
        resource_attributes=client.V1ResourceAttributes(verb="get", resource="secrets", namespace=NAMESPACE)))
    check(client.AuthorizationV1Api(api).create_self_subject_access_review(review).status.allowed, True)


def dynamically(api):
    """The dynamic client: kinds that it learns of by discovery."""
    cluster = dynamic.DynamicClient(api)
    authentications = cluster.resources.get(api_version="config.openshift.io/v1", kind="Authentication")
    operators = cluster.resources.get(api_version="config.openshift.io/v1", kind="ClusterOperator")
    check(authentications.namespaced, False)
    check(cluster.resources.get(api_version="config.openshift.io/v1", short_names=["co"]).name, "clusteroperators")
    check([item.metadata.name for item in authentications.get().items], ["cluster"])
    assert "kube-apiserver" in [item.metadata.name for item in operators.get().items]
    try:
        operators.get(name="nobody")
        raise AssertionError("an operator that is not there")
    except NotFoundError as refusal:
        assert r'\"nobody\" not found' in text(refusal.body), refusal.body

    merged = authentications.patch(name="cluster", body={"spec": {"type": "None"}}, content_type="application/merge-patch+json")
    check(merged.spec.to_dict(), {"type": "None"})
    operations = [{"op": "replace", "path": "/spec/type", "value": "IntegratedOAuth"}]
    patched = authentications.patch(name="cluster", body=operations, content_type="application/json-patch+json")
    check(patched.spec.type, "IntegratedOAuth")

    wanted = {"apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": {"name": "cluster"},
              "spec": {"type": "None"}}
    try:
        authentications.server_side_apply(name="cluster", body=wanted, field_manager="python")
        raise AssertionError("another manager's field was taken without force")
    except ConflictError as refusal:
        assert ".spec.type" in text(refusal.body), refusal.body
    applied = authentications.server_side_apply(name="cluster", body=wanted, field_manager="python", force_conflicts=True)
    check(applied.spec.type, "None")
    assert ("python", "Apply") in [(entry.manager, entry.operation) for entry in applied.metadata.managedFields]
    # What is no longer in a manager's configuration goes away, if nobody else wants it.
    labelled = dict(wanted, metadata={"name": "cluster", "labels": {"stage": "test"}})
    check(authentications.server_side_apply(name="cluster", body=labelled, field_manager="python").metadata.labels.stage, "test")
    check(authentications.server_side_apply(name="cluster", body=wanted, field_manager="python").metadata.labels, None)


def watched(api):
    """Both ways to watch; the second goes on where the first stopped."""
    core = client.CoreV1Api(api)
    start = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version

    def change():
        core.create_namespaced_config_map(NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="watched")))
        core.patch_namespaced_config_map("watched", NAMESPACE, {"data": {"a": "1"}})
        core.delete_namespaced_config_map("watched", NAMESPACE)

    writer = threading.Thread(target=change)
    writer.start()
    seen, stream = [], watch.Watch()
    for event in stream.stream(core.list_namespaced_config_map, NAMESPACE, resource_version=start, timeout_seconds=20):
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 2:
            stream.stop()
    check(seen, [("ADDED", "watched"), ("MODIFIED", "watched")])
    writer.join()
    maps = dynamic.DynamicClient(api).resources.get(api_version="v1", kind="ConfigMap")
    for event in maps.watch(namespace=NAMESPACE, resource_version=stream.resource_version, timeout=20):
        check((event["type"], event["object"].metadata.name), ("DELETED", "watched"))
        break


def main():
    config.load_kube_config()
    api = client.ApiClient()
    typed(api)
    dynamically(api)
    watched(api)
    print("python: everything is as it should be")


main()
