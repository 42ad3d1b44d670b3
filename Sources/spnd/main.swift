import Pipeline
print("spnd")
