"""Checks what is under deploy/ and what starts containers, without an engine or a cluster.

Compose files against the specification, Kubernetes manifests against its schemas and the restricted Pod Security
Standard, and every setting that any of them names against .env.example. Called by scripts/check-deploy.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import yaml
from compose_spec import PyCompose

KUBERNETES = "1.34"
COMPOSE = ["docker-compose.yml", "deploy/compose.production.yml"]
OVERLAYS = ["local", "production"]
# Kinds of KEDA, cert-manager and the Prometheus operator; Kubernetes has no schema of them.
OTHERS = {"ScaledObject", "TriggerAuthentication", "Issuer", "ServiceMonitor"}

problems = []


def problem(where, what):
    problems.append(f"{where}: {what}")


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def known_settings():
    example = Path(".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE))


def check_setting(where, name):
    plain = name.removesuffix("_FILE")
    if name not in SETTINGS and plain not in SETTINGS:
        problem(where, f"there is no setting {name}")


# --- Compose ---------------------------------------------------------------------------------------------------------


def with_defaults(text):
    """As Compose fills variables in: with the default, or with anything where one has to be given."""
    pattern = r"\$\{(\w+)(?::?([-?])([^}]*))?\}"
    return re.sub(pattern, lambda found: found[3] if found[2] == "-" else "given", text)


def check_compose(path):
    compose = yaml.safe_load(with_defaults(Path(path).read_text()))
    try:
        parsed = PyCompose.from_yaml(yaml.safe_dump(compose))
        parsed.validate()
    except ValueError as error:
        problem(path, error)
        return
    services = compose["services"]
    for name, service in services.items():
        check_service(f"{path}, {name}", service, services)
    for secret in compose.get("secrets", {}):
        if not any(secret in names_of_secrets(service) for service in services.values()):
            problem(path, f"nobody uses the secret {secret}")


def names_of_secrets(service):
    return [secret if isinstance(secret, str) else secret["source"] for secret in service.get("secrets", [])]


def check_service(where, service, services):
    for needed, how in service.get("depends_on", {}).items():
        if needed not in services:
            problem(where, f"it waits for {needed}, which is not there")
        elif how["condition"] == "service_healthy" and not is_checked(services[needed]):
            problem(where, f"it waits until {needed} is healthy, which nobody checks")
    if is_frontdesk(service):
        for name in service["environment"]:
            check_setting(where, name)
        hardened = service.get("read_only") and service.get("cap_drop") == ["ALL"]
        if not hardened:
            problem(where, "its file system is writable, or it has capabilities")
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./") and not (Path(where.split(",")[0]).parent / source).exists():
            problem(where, f"there is no {source}")


def is_frontdesk(service):
    return service["image"].startswith("frontdesk:")


def is_checked(service):
    """The image of Frontdesk brings its own check."""
    return "healthcheck" in service or is_frontdesk(service)


def check_env_file(path):
    for line in Path(path).read_text().splitlines():
        if line and not line.startswith("#"):
            check_setting(path, line.split("=", 1)[0])


# --- Kubernetes ------------------------------------------------------------------------------------------------------


def check_manifest(where, manifest):
    kind = manifest["kind"]
    if kind not in OTHERS:
        try:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            problem(where, f"{kind}: {error.message} at {'.'.join(map(str, error.path))}")
    pod = pod_of(manifest)
    if pod:
        check_pod(f"{where}, {kind} {manifest['metadata']['name']}", pod)


def pod_of(manifest):
    return manifest.get("spec", {}).get("template", {}).get("spec") if manifest["kind"] in {"Deployment", "Job"} else None


def check_pod(where, pod):
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    own = pod.get("securityContext", {})
    for forbidden in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(forbidden):
            problem(where, f"{forbidden} is not restricted")
    for volume in pod.get("volumes", []):
        if not {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "projected", "secret"} & set(volume):
            problem(where, f"the volume {volume['name']} is not restricted")
    for container in pod["containers"] + pod.get("initContainers", []):
        context = container.get("securityContext", {})
        demands = {
            "runAsNonRoot": own.get("runAsNonRoot", context.get("runAsNonRoot")) is True,
            "seccompProfile": own.get("seccompProfile", {}).get("type") == "RuntimeDefault",
            "allowPrivilegeEscalation": context.get("allowPrivilegeEscalation") is False,
            "capabilities": context.get("capabilities") == {"drop": ["ALL"]},
        }
        for demand, is_met in demands.items():
            if not is_met:
                problem(where, f"{container['name']}: {demand} is not restricted")
        for variable in container.get("env", []) if container["image"].split(":")[0].endswith("frontdesk") else []:
            check_setting(where, variable["name"])


def check_references(folder):
    """That everything a kustomization names is there, and everything that is there is named."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    named = kustomization.get("resources", []) + kustomization.get("components", [])
    for generator in kustomization.get("configMapGenerator", []) + kustomization.get("secretGenerator", []):
        named += generator.get("envs", [])
        for literal in generator.get("literals", []):
            check_setting(folder, literal.split("=", 1)[0])
    for name in named:
        if not (folder / name).exists():
            problem(folder, f"there is no {name}")
    for path in folder.iterdir():
        if path.is_file() and path.name not in named + ["kustomization.yaml"]:
            problem(folder, f"nothing names {path.name}")


def check_kubernetes():
    root = Path("deploy/kubernetes")
    for kustomization in sorted(root.rglob("kustomization.yaml")):
        check_references(kustomization.parent)
    for path in sorted(root.rglob("*.env")):
        check_env_file(path)
    for path in sorted(root.rglob("*.yaml")):
        if path.name != "kustomization.yaml":
            for manifest in documents(path.read_text()):
                check_manifest(path, manifest)
    for overlay in OVERLAYS:
        rendered = render(root / "overlays" / overlay)
        for manifest in documents(rendered):
            check_manifest(f"overlay {overlay}", manifest)


def render(overlay):
    """What `kubectl apply -k` would send; empty where there is neither kubectl nor kustomize."""
    for command in (["kustomize", "build"], ["kubectl", "kustomize"]):
        if shutil.which(command[0]):
            done = subprocess.run([*command, str(overlay)], capture_output=True, text=True)
            if done.returncode != 0:
                problem(overlay, done.stderr.strip())
            return done.stdout
    print(f"{overlay}: neither kustomize nor kubectl is here; its files are checked one by one only", file=sys.stderr)
    return ""


SETTINGS = known_settings()
for compose_file in COMPOSE:
    check_compose(compose_file)
check_env_file("deploy/production.env")
check_kubernetes()
for found in problems:
    print(found, file=sys.stderr)
sys.exit(1 if problems else 0)
