internal import CRdKafka
import Pipeline
