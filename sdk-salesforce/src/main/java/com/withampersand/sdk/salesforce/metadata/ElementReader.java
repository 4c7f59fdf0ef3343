package com.withampersand.sdk.salesforce.metadata;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a metadata file. A document type, and with it every entity of its own, is refused; so is
 * what {@link ElementWriter} could not write again, such as an attribute. Depth and number of
 * elements are limited; a Consumer Secret is not kept.
 */
final class ElementReader {
  private static final int DEEPEST = 10;
  private static final int MOST_ELEMENTS = 100_000;

  private final XMLStreamReader xml;
  private int elements;

  private ElementReader(XMLStreamReader xml) {
    this.xml = xml;
  }

  /**
   * Returns the root element.
   *
   * @throws Unreadable if the text is not the XML of a metadata file
   */
  static Element read(byte[] text) throws Unreadable {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      XMLStreamReader xml = factory.createXMLStreamReader(new ByteArrayInputStream(text));
      if ("1.1".equals(xml.getVersion())) {
        throw new Unreadable("it is not XML 1.0");
      }
      return new ElementReader(xml).readDocument();
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNumber();
      throw new Unreadable("it is not XML, or ends too early: line " + line);
    } catch (RuntimeException e) {
      throw new Unreadable("it is not XML"); // the JDK's parser fails so on some bytes
    }
  }

  /** A text that cannot be read. The message quotes nothing of it, as the parser's would. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String problem) {
      super(problem);
    }
  }

  private Element readDocument() throws XMLStreamException, Unreadable {
    Element root = null;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.DTD) {
        throw new Unreadable("it has a DOCTYPE, which no metadata file has");
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        root = readElement(1);
      }
    }
    if (root == null) {
      throw new Unreadable("it has no element");
    }
    requireNoText(root.text());
    return root;
  }

  private Element readElement(int depth) throws XMLStreamException, Unreadable {
    elements++;
    if (depth > DEEPEST || elements > MOST_ELEMENTS) {
      throw new Unreadable("it has more elements than a metadata file");
    }
    requireNameAlone();
    String name = xml.getLocalName();
    StringBuilder text = new StringBuilder();
    List<Element> children = new ArrayList<>();
    for (int event = xml.next(); event != XMLStreamConstants.END_ELEMENT; event = xml.next()) {
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> children.add(readElement(depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
        case XMLStreamConstants.ENTITY_REFERENCE -> throw new Unreadable("it refers to an entity");
        default -> {
          // Comments and processing instructions say nothing.
        }
      }
    }
    return element(name, text.toString().strip(), children);
  }

  /** No file of an app says anything by an attribute or a namespace. */
  private void requireNameAlone() throws Unreadable {
    String namespace = xml.getNamespaceURI();
    if (xml.getAttributeCount() > 0) {
      throw new Unreadable("it has an attribute, which would be lost");
    }
    if (namespace != null && !namespace.isEmpty() && !namespace.equals(ElementWriter.NAMESPACE)) {
      throw new Unreadable("it has an element of another namespace than Salesforce's metadata");
    }
  }

  private static Element element(String name, String text, List<Element> children)
      throws Unreadable {
    if (children.isEmpty() || Element.isSecret(name)) {
      return Element.read(name, text);
    }
    requireNoText(text);
    return Element.group(name, children);
  }

  private static void requireNoText(String text) throws Unreadable {
    if (!text.isEmpty()) {
      throw new Unreadable("it has text beside elements, which would be lost");
    }
  }
}
