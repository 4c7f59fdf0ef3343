package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.salesforce.internal.CredentialShapes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An element of a metadata file: it has a text or children.
 *
 * @param text what it says, as it is to be read; blank if it has children
 */
record Element(String name, String text, List<Element> children) {
  private static final String SECRET = "consumerSecret";
  static final String KEY = "consumerKey";
  static final String HIDDEN = "***";

  static Element of(String name, String text) {
    return new Element(name, text, List.of());
  }

  static Element of(String name, boolean value) {
    return of(name, String.valueOf(value));
  }

  /** Sorts the children by name, as Salesforce's tools do. Those of one name keep their order. */
  static Element group(String name, List<Element> children) {
    return new Element(
        name, "", children.stream().sorted(Comparator.comparing(Element::name)).toList());
  }

  /** Returns the first child of a name. */
  Optional<Element> child(String name) {
    return children.stream().filter(each -> each.name.equals(name)).findFirst();
  }

  /** Returns the text of the first child of a name. */
  Optional<String> childText(String name) {
    return child(name).map(Element::text);
  }

  /** Returns an element that was read. What is, or looks like, a Consumer Secret is not kept. */
  static Element read(String name, String text) {
    return of(name, isSecret(name) || CredentialShapes.isSecret(text) ? HIDDEN : text);
  }

  static boolean isSecret(String name) {
    return name.equalsIgnoreCase(SECRET);
  }

  /** Returns it without the places of secrets that were read. */
  Element withoutSecrets() {
    return without(child -> isSecret(child.name) || child.text.equals(HIDDEN));
  }

  Element without(Predicate<Element> unwanted) {
    return new Element(
        name,
        text,
        children.stream()
            .filter(child -> !unwanted.test(child))
            .map(child -> child.without(unwanted))
            .toList());
  }

  /** Returns it in an order that two files which say the same have in common. */
  Element sorted() {
    return new Element(
        name,
        text,
        children.stream()
            .map(Element::sorted)
            .sorted(Comparator.comparing(Element::toString))
            .toList());
  }

  /**
   * Returns what each element says, by its path; one that is repeated says it in order. The root
   * says nothing.
   */
  Map<String, List<String>> values() {
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put(name, List.of());
    collect(name, values);
    return values;
  }

  private void collect(String path, Map<String, List<String>> values) {
    for (Element child : children) {
      String childPath = path + "/" + child.name;
      if (child.children.isEmpty()) {
        values.computeIfAbsent(childPath, any -> new ArrayList<>()).add(child.text);
      } else {
        child.collect(childPath, values);
      }
    }
  }
}
