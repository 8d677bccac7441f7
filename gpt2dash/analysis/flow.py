"""How much can flow from an input token to a position: attention flow (Abnar & Zuidema 2020, section 3).

Every layer's mixing is a set of pipes; the flow from a token is the most that all paths together
can carry. scipy counts in whole numbers, so capacities are millionths.
"""

import numpy as np
import numpy.typing as npt
from jaxtyping import Float
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_flow
from torch import Tensor

from gpt2dash.analysis.rollout import with_residual

_WHOLE = 1_000_000


def flow(mixing: Float[Tensor, "layer query key"], query: int) -> npt.NDArray[np.float64]:
    """Maximum flow from each input token to one position after the last layer.

    Args:
        mixing: how each layer mixes positions, heads averaged.
        query: the position.

    Returns:
        A number for each key up to the query, 0 to 1: no more than 1 passes the query itself. The
        flows of several tokens share pipes, so they sum to 1 or more.
    """
    pipes = _pipes(with_residual(mixing).numpy()[:, : query + 1, : query + 1])
    n_layer, n_pos = len(mixing), query + 1
    sink = n_layer * n_pos + query
    return np.array([maximum_flow(pipes, key, sink).flow_value for key in range(n_pos)]) / _WHOLE


def _pipes(mixing: npt.NDArray[np.float32]) -> csr_array:
    """Capacities from position k after layer l - 1 to position q after layer l; input comes first."""
    n_layer, n_pos = mixing.shape[:2]
    layer, query, key = np.nonzero(mixing)
    capacity = np.rint(mixing[layer, query, key] * _WHOLE).astype(np.int32)
    n_node = (n_layer + 1) * n_pos
    rows, columns = layer * n_pos + key, (layer + 1) * n_pos + query
    return csr_array(coo_array((capacity, (rows, columns)), shape=(n_node, n_node)))
