package com.withampersand.sdk.salesforce.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The list of components by which Salesforce's tools deploy and retrieve them. */
final class Manifest {
  static final String PATH = "package.xml";

  private static final String TYPES = "types";
  private static final String MEMBERS = "members";
  private static final String NAME = "name";
  private static final String VERSION = "version";
  private static final String EVERY = "*";

  /** Of the Metadata API. The first that has every element which is written is 61.0. */
  private static final String OUR_VERSION = "65.0";

  private Manifest() {}

  static Element of(List<Component> components) {
    return of(components, Element.group("Package", List.of()));
  }

  /** Returns a manifest with what another one names, too. */
  static Element of(List<Component> components, Element before) {
    Map<String, Set<String>> members = new TreeMap<>();
    before.children().stream()
        .filter(child -> child.name().equals(TYPES))
        .forEach(types -> members(members, types.childText(NAME).orElse("")).addAll(names(types)));
    for (Component component : components) {
      Set<String> there = members(members, component.type().typeName());
      if (!there.contains(EVERY)) {
        there.add(component.fileName());
      }
    }
    List<Element> elements = new ArrayList<>();
    members.forEach((type, names) -> elements.add(types(type, names)));
    elements.add(Element.of(VERSION, newer(before.childText(VERSION))));
    before.children().stream()
        .filter(child -> !Set.of(TYPES, VERSION).contains(child.name()))
        .forEach(elements::add);
    return Element.group("Package", elements);
  }

  private static Set<String> members(Map<String, Set<String>> members, String type) {
    return members.computeIfAbsent(type, any -> new TreeSet<>());
  }

  private static List<String> names(Element types) {
    return types.children().stream()
        .filter(child -> child.name().equals(MEMBERS))
        .map(Element::text)
        .toList();
  }

  private static Element types(String type, Set<String> names) {
    List<Element> elements = new ArrayList<>();
    names.forEach(name -> elements.add(Element.of(MEMBERS, name)));
    elements.add(Element.of(NAME, type));
    return Element.group(TYPES, elements);
  }

  private static String newer(Optional<String> version) {
    return version
        .filter(text -> text.matches("\\d{1,4}\\.0"))
        .filter(text -> Double.parseDouble(text) > Double.parseDouble(OUR_VERSION))
        .orElse(OUR_VERSION);
  }
}
