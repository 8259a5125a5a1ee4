from .replaying import replay as replay
