"""vLLM for rollouts, through TRL's settings: colocated with training, or as a server beside it.

In: `rl.vllm` and the longest rollout. Out: arguments of TRL's GRPO configuration. Prompts go to
vLLM as token ids, so no chat template of its own comes in between. What TRL does that would spoil
PolicyRollout, and what `stages/policy_rollout.py` does about it:

- its importance weights compare policy-free with policy-in-context log-probabilities, by which
  policy-aware rollouts are masked: their log-probabilities are withheld from it, and kept for
  `rl.off_policy=truncated`;
- in server mode it sends every G-th prompt and asks for G completions of each, by which no rollout,
  or all of them, would see the policy: each rollout is a prompt with one completion;
- it merges the adapter into bfloat16 weights and takes it out again, which leaves rounding behind
  in the frozen weights at every step: merged copies are sent instead;
- vLLM would make room for the model's whole context: it is told the longest rollout with the
  policy in its prompt.

Rollouts of vLLM do not come again in a resumed run, as TRL gives them no seeds. Tested against a
stand-in of vLLM's interface; vLLM itself has not been run. Pictures are refused.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class VLLM(BaseModel):
    """Settings of vLLM; tensor parallelism and memory of a server are the server's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["off", "colocate", "server"] = "off"
    base_url: str = Field(default="http://localhost:8000", description="of the server")
    memory: float = Field(default=0.3, gt=0, lt=1, description="share of a GPU's, colocated")
    tensor_parallel: int = Field(default=1, ge=1, description="GPUs of a model, colocated")
    sleep: bool = Field(default=True, description="leave the memory to training, colocated")

    def arguments(self, longest: int) -> dict[str, Any]:
        """Of TRL's GRPOConfig, for rollouts of up to `longest` tokens, prompts included."""
        if self.mode == "off":
            return {}
        if self.mode == "server":
            return {"use_vllm": True, "vllm_mode": "server", "vllm_server_base_url": self.base_url}
        return {
            "use_vllm": True,
            "vllm_mode": "colocate",
            "vllm_gpu_memory_utilization": self.memory,
            "vllm_tensor_parallel_size": self.tensor_parallel,
            "vllm_enable_sleep_mode": self.sleep,
            "vllm_max_model_length": longest,
        }
