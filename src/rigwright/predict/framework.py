"""What the words in ``run.framework`` say about kernel library, dispatch cost and defaults.

Known are names and versions as people write them: ``pytorch 2.4.0 cuda 12.4``, ``torch7 cuda8 cudnn
5110``, ``tensorflow``, ``caffe``, ``mxnet``, ``NGC PyTorch ...``. Anything else counts as a
present-day PyTorch.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

# cuDNN major version that shipped with PyTorch binaries (release notes).
TEXT = frozenset({"text", "language"})  # tasks of operation lists
_TORCH_CUDNN = ((0.4, 7), (1.0, 7), (1.5, 7), (1.7, 8), (2.4, 9))


@dataclass(frozen=True, slots=True)
class Framework:
    """family : pytorch, torch7, tensorflow, caffe, mxnet.  version : of PyTorch, else 0.

    cudnn : major version, 0 = no cuDNN (im2col and GEMM).
    stated : the words say which release of the software ran.
    fast_norm : timm's own inference benchmark; its published tables show group norm models at the
    speed of 16-bit normalisation, as its option --fast-norm gives.
    half_text : NVIDIA's language model scripts: "mixed precision" is apex O2, the whole model in
    16 bit with 32-bit master weights (DeepLearningExamples, BERT README).
    """

    family: str
    version: float
    cudnn: int
    stated: bool = False
    fast_norm: bool = False
    half_text: bool = False

    @property
    def conv_tf32(self) -> bool:
        """PyTorch lets cuDNN use TF32 for fp32 convolutions since 1.7 (its documented default)."""
        return self.family == "pytorch" and self.version >= 1.7

    def fused_attention(self, task: str) -> bool:
        """Whether attention is one kernel; before PyTorch 2.0 it is several.

        Text models came to use it with transformers 4.36 of December 2023, after PyTorch 2.1.
        """
        return self.family == "pytorch" and self.version >= (2.2 if task in TEXT else 2.0)


@functools.lru_cache(maxsize=512)
def framework_of(text: str) -> Framework:
    """Framework that ``text`` names."""
    low = text.lower()
    if "no cudnn" in low or "native" in low or "cl-" in low:
        return Framework("torch7", 0.0, 0)
    cudnn = re.search(r"cudnn[^0-9]{0,3}r?(\d+)", low)
    major = int(cudnn.group(1)[0]) if cudnn else 0
    for word, family, default in (
        ("torch7", "torch7", 5),
        ("(torch)", "torch7", 4),
        ("tensorflow", "tensorflow", 7),
        ("caffe", "caffe", 7),
        ("mxnet", "mxnet", 7),
        ("chainer", "torch7", 4),
        ("neon", "torch7", 5),
    ):
        if word in low:
            return Framework(family, 0.0, major or default, stated=major > 0)
    found = re.search(r"torch[^0-9]{0,12}(\d+)\.(\d+)", low)
    if "ngc" in low or "deeplearningexamples" in low:
        return Framework("pytorch", 1.7, major or 8, half_text=True)
    if found is None and "cuda 10" in low:
        return Framework("pytorch", 1.2, 7)
    minor = min(int(found.group(2)), 9) if found else 5  # 1.10 to 1.13 count as 1.9
    version = float(found.group(1)) + minor / 10 if found else 2.5
    if not major:
        known = [v for since, v in _TORCH_CUDNN if version >= since]
        major = known[-1] if known else 6
    fast_norm = "timm" in low and version >= 1.9
    return Framework("pytorch", version, major, found is not None, fast_norm)
