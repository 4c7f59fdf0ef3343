// The README's dependency goes into the POM; its snippets, and those of the guides that it begins with, go into the classes of the
// examples that surround them there.
def readme = new File(root, 'README.md').getText('UTF-8')
def dependency = (readme =~ /(?s)```xml\n(.*?)```/)[0][1]
def pom = new File(basedir, 'pom.xml')
def text = pom.getText('UTF-8')
assert text.contains('<!-- README -->')
pom.setText(text.replace('<!-- README -->', dependency), 'UTF-8')

def folder = 'src/main/java/com/withampersand/sdk/examples'
def guides = ['connect-a-customer', 'set-up-the-app', 'hand-over-to-ampersand', 'many-customers', 'many-nodes', 'when-it-fails']
def pages = readme + guides.collect { new File(root, "docs/guides/${it}.md").getText('UTF-8') }.join()
def snippets = (pages =~ /(?s)<!-- region: (\w+) (\w+) -->\n```java\n(.*?)```/).collect { it }
assert snippets.size() == pages.count('```java')
snippets.groupBy { it[1] }.each { type, blocks ->
    def source = new File(root, "examples/$folder/${type}.java").getText('UTF-8')
    blocks.each { block ->
        def region = /(?s)(\/\/ region ${block[2]}\n).*?(\n *\/\/ endregion)/
        assert (source =~ region).count == 1
        source = source.replaceFirst(region) { all, start, end -> start + block[3].stripTrailing() + end }
    }
    new File(basedir, "$folder/${type}.java").setText(source, 'UTF-8')
}
return true
