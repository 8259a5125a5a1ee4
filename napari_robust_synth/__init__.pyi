from . import core as core
from . import models as models
from . import tasks as tasks
from .models import Classifier as Classifier
from .models import load_classifier as load_classifier
from .tasks import Job as Job

__version__: str
