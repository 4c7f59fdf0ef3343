// The guide's dependencies go into the POM, and its application into the class of the example that surrounds it there.
def guide = new File(root, 'docs/guides/use-with-spring-boot.md').getText('UTF-8')
def dependencies = (guide =~ /(?s)```xml\n(.*?)```/)[0][1]
def pom = new File(basedir, 'pom.xml')
def text = pom.getText('UTF-8')
def place = '<!-- docs/guides/use-with-spring-boot.md -->'
assert text.contains(place)
pom.setText(text.replace(place, dependencies), 'UTF-8')

def example = new File(root, 'example-spring-boot').toPath()
example.resolve('src').toFile().eachFileRecurse(groovy.io.FileType.FILES) { file ->
    def copy = new File(basedir, example.relativize(file.toPath()).toString())
    copy.parentFile.mkdirs()
    copy.bytes = file.bytes
}
def application = (guide =~ /(?s)<!-- region: CrmApplication application -->\n```java\n(.*?)```/)[0][1]
def source = new File(basedir, 'src/main/java/com/withampersand/sdk/examples/spring/CrmApplication.java')
def region = /(?s)(\/\/ region application\n).*?(\n *\/\/ endregion)/
def code = source.getText('UTF-8')
assert (code =~ region).count == 1
source.setText(code.replaceFirst(region) { all, start, end -> start + application.stripTrailing() + end }, 'UTF-8')
return true
