"""Fills a model registry with what MLflow allows and a reader has to cope with.

    make-registry.py URI MANY

URI is a database, a folder or a server; MANY is how many versions the model `many` gets.
"""

import os
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
os.environ["MLFLOW_TRACKING_URI"] = sys.argv[1]

import warnings  # noqa: E402

warnings.filterwarnings("ignore")

from mlflow import MlflowClient  # noqa: E402

uri, many = sys.argv[1:]
client = MlflowClient(tracking_uri=uri, registry_uri=uri)


def version(name, tags=None, description=""):
    return client.create_model_version(name, source="s3://bucket/model", tags=tags or {}, description=description)


client.create_registered_model("churn")
version("churn", {"mlops.semver": "1.0.0", "mlops.stage": "production", "team": "Growth"}, "Who leaves")
version("churn")
version("churn", {"mlops.semver": "1.10.0", "mlops.framework": "sklearn"})
version("churn", {"mlops.semver": "1.9.0", "mlops.archived": "true"})
# Declared twice, and no semantic version: shown by MLflow's number.
version("churn", {"mlops.semver": "1.0.0"})
version("churn", {"mlops.semver": "newest"})
client.set_registered_model_alias("churn", "champion", "3")
client.set_registered_model_alias("churn", "Best-1", "2")

client.create_registered_model("staged")
for stage in ["Production", "Staging", "Archived", "None"]:
    made = version("staged")
    if stage != "None":
        client.transition_model_version_stage("staged", made.version, stage)

# Names that MLflow takes.
for name in ["größe æ 模型", "it's", "with space", ".dot", "a@b"]:
    client.create_registered_model(name)
    version(name, {"mlops.semver": "1.0.0"})
client.create_registered_model("empty")
client.create_registered_model("gone")
version("gone")
client.delete_model_version("gone", "1")

client.create_registered_model("many")
for number in range(int(many)):
    version("many", {"mlops.semver": f"1.{number}.0"})
client.register_prompt("greeting", "Hello {{ name }}")
