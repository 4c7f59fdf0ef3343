package com.withampersand.sdk.salesforce.metadata;

import java.util.List;

/** Writes a metadata file as Salesforce's tools do. */
final class ElementWriter {
  static final String NAMESPACE = "http://soap.sforce.com/2006/04/metadata";

  private final StringBuilder xml =
      new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  private ElementWriter() {}

  static String write(Element root) {
    ElementWriter writer = new ElementWriter();
    writer
        .xml
        .append('<')
        .append(root.name())
        .append(" xmlns=\"")
        .append(NAMESPACE)
        .append("\">\n");
    writer.appendAll(root.children(), 1);
    writer.xml.append("</").append(root.name()).append(">\n");
    return writer.xml.toString();
  }

  private void appendAll(List<Element> elements, int depth) {
    elements.forEach(element -> append(element, depth));
  }

  private void append(Element element, int depth) {
    String indent = "    ".repeat(depth);
    xml.append(indent).append('<').append(element.name()).append('>');
    if (element.children().isEmpty()) {
      xml.append(escaped(element.text()));
    } else {
      xml.append('\n');
      appendAll(element.children(), depth + 1);
      xml.append(indent);
    }
    xml.append("</").append(element.name()).append(">\n");
  }

  /** A carriage return as it is would be read as a line feed (XML 1.0 section 2.11). */
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\r", "&#13;");
  }

  /** Tells whether XML 1.0 has every character of a text. */
  static boolean canBeWritten(String text) {
    return text.codePoints()
        .allMatch(
            c ->
                c == '\t'
                    || c == '\n'
                    || (c >= 0x20 && c < 0xD800)
                    || (c >= 0xE000 && c <= 0xFFFD)
                    || c >= 0x10000);
  }
}
