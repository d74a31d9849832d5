"""Saves models with MLflow into sub-folders of a folder: what its MLmodel files look like."""

import sys
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
)
from sklearn.linear_model import LogisticRegression

target = Path(sys.argv[1])
features = pd.DataFrame({"tenure": np.array([1, 2, 3, 4], dtype="int64"), "fee": [1.0, 2.0, 3.0, 4.0]})
model = LogisticRegression().fit(features, [0, 1, 0, 1])
mlflow.sklearn.save_model(
    model,
    target / "sklearn",
    signature=infer_signature(features, model.predict(features)),
    input_example=features.head(2),
)
mlflow.sklearn.save_model(model, target / "unsigned")


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


message = Object([
    Property("role", DataType.string),
    Property("odd name", DataType.double),
    Property("tags", Array(DataType.string), required=False),
])
mlflow.pyfunc.save_model(
    target / "pyfunc",
    python_model=Echo(),
    signature=ModelSignature(
        Schema([
            ColSpec(DataType.long, "id"),
            ColSpec(DataType.string, "text", required=False),
            ColSpec(Array(DataType.double), "embedding"),
            ColSpec(message, "message"),
            ColSpec(Map(DataType.float), "weights"),
            ColSpec(AnyType(), "extra"),
            ColSpec(Array(Array(Object([Property("at", Map(Array(DataType.datetime)))]))), "deep"),
        ]),
        Schema([TensorSpec(np.dtype("float32"), (-1, 3))]),
        ParamSchema([
            ParamSpec("temperature", "double", 0.5),
            ParamSpec("stop", DataType.string, ["a"], (-1,)),
            ParamSpec("options", Object([Property("k", DataType.long)]), {"k": 1}),
        ]),
    ),
)
