import Pipeline

print("spnd")
