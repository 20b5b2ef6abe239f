"""Who does the tasks: one after the other, threads, or a cluster. The answers are the same bytes."""

from lantu.engine.executors.cluster import Cluster
from lantu.engine.executors.executor import Executor
from lantu.engine.executors.local import Serial, Threads

__all__ = ["Cluster", "Executor", "Serial", "Threads"]
