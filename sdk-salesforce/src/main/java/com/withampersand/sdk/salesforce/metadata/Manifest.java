package com.withampersand.sdk.salesforce.metadata;

import java.util.ArrayList;
import java.util.List;

/** The list of an app's components by which Salesforce's tools deploy and retrieve them. */
final class Manifest {
  static final String PATH = "package.xml";

  /** Of the Metadata API: the first that has every element which is written is 61.0. */
  private static final String VERSION = "65.0";

  private Manifest() {}

  static Element of(List<Component> components) {
    List<Element> elements = new ArrayList<>();
    for (Component component : components) {
      elements.add(
          Element.group(
              "types",
              List.of(
                  Element.of("members", component.fileName()),
                  Element.of("name", component.type().typeName()))));
    }
    elements.add(Element.of("version", VERSION));
    return Element.group("Package", elements);
  }
}
