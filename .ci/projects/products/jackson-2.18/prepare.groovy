// The Quickstart of the examples.
def quickstart = "src/main/java/com/withampersand/sdk/examples/Quickstart.java"
def copy = new File(basedir, quickstart)
copy.parentFile.mkdirs()
copy.bytes = new File(root, "examples/$quickstart").bytes
return true
