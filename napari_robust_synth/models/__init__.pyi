from .cards import ModelCard as ModelCard
from .classifier import Classifier as Classifier
from .zoo import ZOO as ZOO
from .zoo import ZooEntry as ZooEntry
from .zoo import find_model as find_model
from .zoo import is_name as is_name
from .zoo import load_classifier as load_classifier
from .zoo import models_here as models_here
