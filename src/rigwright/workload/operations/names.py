"""Which kind of operation each ATen operator is, and what CUDA autocast does with it.

Autocast lists: PyTorch documentation, "CUDA Ops that can autocast to float16 / float32" (2.x).
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VIEWS = _words(
    "view _unsafe_view t transpose permute expand slice select unsqueeze squeeze alias detach "
    "split "
    "split_with_sizes unbind as_strided _reshape_alias unfold chunk narrow diagonal lift_fresh "
    "as_strided_ set_ resize_ empty unsafe_split unsafe_split_with_sizes unsafe_chunk "
    "empty_like empty_strided new_empty new_empty_strided sym_size reshape view_as_real "
    "view_as_complex real imag numpy_T is_same_size movedim size stride"
)
"""No kernel: metadata only, or memory that is written by a later operator."""

AUTOCAST_LOW = _words(
    "convolution convolution_backward mm addmm bmm baddbmm addmv addbmm matmul linear mv dot "
    "attention attention_backward rnn rnn_backward rnn_cell rnn_cell_backward grouped_mm "
    "_grouped_mm _scaled_mm"
)
AUTOCAST_FULL = _words(
    "native_layer_norm native_group_norm _softmax _log_softmax pow exp expm1 log log1p log2 log10 "
    "sum prod norm linalg_vector_norm rsqrt reciprocal cumsum cumprod nll_loss_forward "
    "nll_loss2d_forward binary_cross_entropy binary_cross_entropy_with_logits mse_loss "
    "smooth_l1_loss softplus cosh sinh tan acos asin erfinv _cdist_forward renorm"
)

CONVERT_INSIDE = _words("_softmax _log_softmax _safe_softmax sum prod norm linalg_vector_norm")
"""Of these, autocast asks for a 32-bit result: the kernel converts what it reads on the way
("CUDA Ops that can autocast to float32": operators with a ``dtype`` argument)."""

KEEPS_RESULT = _words(
    "relu tanh sigmoid exp expm1 sqrt rsqrt reciprocal tan _softmax _log_softmax _safe_softmax "
    "amax amin norm linalg_vector_norm cumprod std prod logsumexp leaky_relu_ elu_ threshold "
    "threshold_ relu_ sigmoid_ tanh_ exp_ max_pool2d_with_indices max_pool3d_with_indices topk "
    "sort max min native_dropout _linalg_slogdet _weight_norm_interface"
)
"""Operators whose gradient uses what they returned (PyTorch's derivatives.yaml: ``result``)."""

KEEPS_STATISTICS = _words(
    "native_batch_norm _native_batch_norm_legit cudnn_batch_norm native_layer_norm "
    "native_group_norm _native_batch_norm_legit_functional _batch_norm_with_update _fused_rms_norm "
    "nll_loss_forward nll_loss2d_forward"
)
"""Operators whose gradient uses their further results, not the first."""

_KINDS = {
    "conv": "convolution",
    "gemm": "mm addmm bmm baddbmm grouped_mm _grouped_mm _scaled_mm _int_mm",
    "attention": "attention",
    "attention_backward": "attention_backward",
    "rnn": "rnn",
    "rnn_backward": "rnn_backward",
    "norm": "native_batch_norm _native_batch_norm_legit cudnn_batch_norm native_layer_norm "
    "native_group_norm _native_batch_norm_legit_no_training _batch_norm_with_update "
    "_native_batch_norm_legit_functional _fused_rms_norm",
    "norm_backward": "native_batch_norm_backward native_layer_norm_backward "
    "native_group_norm_backward batch_norm_backward _fused_rms_norm_backward",
    "softmax": "_softmax _log_softmax _safe_softmax",
    "softmax_backward": "_softmax_backward_data _log_softmax_backward_data",
    "pool": "adaptive_max_pool3d _adaptive_avg_pool3d "
    "max_pool2d_with_indices avg_pool2d _adaptive_avg_pool2d adaptive_max_pool2d "
    "avg_pool1d max_pool2d max_pool3d_with_indices avg_pool3d",
    "pool_backward": "adaptive_max_pool3d_backward _adaptive_avg_pool3d_backward "
    "max_pool2d_with_indices_backward avg_pool2d_backward "
    "_adaptive_avg_pool2d_backward adaptive_max_pool2d_backward avg_pool3d_backward",
    "reduction": "sum mean amax amin max min var_mean var std norm linalg_vector_norm argmax any "
    "all nll_loss_forward nll_loss_backward nll_loss2d_forward nll_loss2d_backward prod cumsum "
    "logsumexp sort topk mv dot argmin std_mean nansum count_nonzero aminmax kthvalue median "
    "cummax cummin logcumsumexp nonzero _unique2 bincount histc unique_consecutive isin",
    "copy": "clone copy_ cat constant_pad_nd roll stack repeat contiguous pixel_shuffle "
    "flip im2col "
    "col2im slice_backward select_backward unfold_backward expand_copy reflection_pad2d "
    "reflection_pad2d_backward upsample_nearest2d upsample_nearest2d_backward upsample_bilinear2d "
    "upsample_bilinear2d_backward upsample_bicubic2d _upsample_bicubic2d_aa "
    "_upsample_bilinear2d_aa as_strided_scatter tril triu split_with_sizes_copy channel_shuffle "
    "pixel_unshuffle view_copy slice_scatter select_scatter as_strided_copy native_channel_shuffle "
    "repeat_interleave tile rot90 _pad_circular grid_sampler_2d grid_sampler_2d_backward "
    "grid_sampler_3d grid_sampler_3d_backward upsample_linear1d upsample_linear1d_backward "
    "upsample_nearest1d upsample_nearest1d_backward upsample_nearest3d upsample_nearest3d_backward "
    "upsample_trilinear3d upsample_trilinear3d_backward _upsample_nearest_exact1d "
    "_upsample_nearest_exact2d _upsample_nearest_exact3d _upsample_nearest_exact2d_backward "
    "upsample_bicubic2d_backward _upsample_bicubic2d_aa_backward _upsample_bilinear2d_aa_backward "
    "reflection_pad1d reflection_pad1d_backward reflection_pad3d replication_pad1d "
    "replication_pad1d_backward replication_pad2d replication_pad2d_backward replication_pad3d "
    "replication_pad3d_backward diagonal_copy diagonal_backward _unsafe_masked_index "
    "resolve_conj resolve_neg index_copy",
    "gather": "index embedding gather index_select take take_along_dim masked_select bucketize "
    "searchsorted _embedding_bag _embedding_bag_forward_only",
    "scatter": "index_put index_put_ _index_put_impl_ embedding_dense_backward scatter scatter_ "
    "scatter_add scatter_add_ _unsafe_index_put index_add index_add_ masked_scatter "
    "scatter_reduce index_reduce index_fill put _embedding_bag_dense_backward",
    "fill": "zeros ones zeros_like ones_like full full_like new_zeros new_ones new_full "
    "fill_ zero_ "
    "arange scalar_tensor linspace eye logspace tril_indices triu_indices",
    "elementwise": "add sub mul div rsub neg relu gelu silu sigmoid tanh hardswish hardsigmoid "
    "hardtanh leaky_relu elu celu native_dropout where gt lt ge le eq ne bitwise_and bitwise_or "
    "bitwise_not logical_and logical_or logical_not maximum minimum clamp clamp_min clamp_max abs "
    "exp log sqrt rsqrt pow sin cos erf softplus threshold_backward gelu_backward silu_backward "
    "sigmoid_backward tanh_backward hardswish_backward hardsigmoid_backward hardtanh_backward "
    "leaky_relu_backward elu_backward native_dropout_backward masked_fill addcmul addcdiv "
    "reciprocal mish mish_backward lerp bernoulli rand rand_like randn randn_like floor round sign "
    "sgn square relu6 prelu _prelu_kernel _prelu_kernel_backward softplus_backward log_sigmoid "
    "logit remainder floor_divide fmod ceil isnan glu glu_backward log1p expm1 dropout copysign "
    "uniform normal random true_divide trunc _to_copy normal_functional mse_loss mse_loss_backward "
    "smooth_l1_loss smooth_l1_loss_backward _weight_norm_interface "
    "_weight_norm_interface_backward "
    "binary_cross_entropy_with_logits erfinv atan2 exponential isinf randperm randint "
    "rnn_cell rnn_cell_backward binary_cross_entropy binary_cross_entropy_backward huber_loss "
    "huber_loss_backward nan_to_num frac heaviside xlogy lgamma digamma tan asin acos atan sinh "
    "cosh asinh acosh atanh erfc exp2 log2 log10 logit_backward log_sigmoid_forward "
    "log_sigmoid_backward logaddexp hypot hardshrink softshrink hardshrink_backward "
    "softshrink_backward rrelu_with_noise rrelu_with_noise_backward celu_backward selu "
    "logical_xor bitwise_xor bitwise_left_shift bitwise_right_shift __lshift__ __rshift__ "
    "polar complex conj_physical _conj_physical multinomial geometric cauchy log_normal "
    "soft_margin_loss soft_margin_loss_backward dist signbit isneginf isposinf fmin fmax gcd lcm "
    "sinc",
}
KIND = {name: kind for kind, names in _KINDS.items() for name in names.split()}


def kind_of(name: str) -> str:
    """Kind of an ATen operator; an in-place variant is its out-of-place one; else `other`."""
    return KIND.get(name) or KIND.get(name.rstrip("_"), "other")
