package com.withampersand.sdk.salesforce.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One file of an app.
 *
 * @param path where it is, from the directory or in the zip that was read, or is to be written
 */
record Component(ComponentType type, String path, Element root) {
  /** Returns which app it belongs to. */
  String app() {
    return type.isRoot()
        ? fileName()
        : root.childText("externalClientApplication")
            .filter(name -> !name.isEmpty())
            .orElseGet(() -> type.appName(fileName()));
  }

  /** Returns the component's name: that of the file, without its suffix. */
  String fileName() {
    String file = path.substring(path.lastIndexOf('/') + 1);
    int end = file.indexOf('.');
    return end < 0 ? file : file.substring(0, end);
  }

  /** Tells whether it is of an app; the names of Salesforce differ by more than case. */
  boolean isOf(SalesforceAppMetadata metadata) {
    return metadata.isConnectedApp() == isConnectedApp() && app().equalsIgnoreCase(metadata.name());
  }

  boolean isConnectedApp() {
    return type == ComponentType.CONNECTED_APP;
  }

  /** Tells whether Salesforce's tools find the file. */
  boolean isWellNamed() {
    return type.isSuffixOf(path);
  }

  /** Returns its usual path in source format, under the name that it has. */
  String sourcePath() {
    return type.path(fileName());
  }

  /** Returns this file with what another says. What only this one says stays. */
  Component changedTo(Component other) {
    return new Component(type, path, merged(type.typeName(), root, other.root));
  }

  private static Element merged(String path, Element old, Element next) {
    List<Element> children = new ArrayList<>();
    for (Element child : next.children()) {
      Optional<Element> before =
          child.children().isEmpty() ? Optional.empty() : old.child(child.name());
      children.add(
          before.map(found -> merged(path + "/" + child.name(), found, child)).orElse(child));
    }
    old.children().stream()
        .filter(child -> next.child(child.name()).isEmpty())
        .filter(child -> !AppElements.isOptional(path + "/" + child.name()))
        .forEach(children::add);
    return Element.group(next.name(), children);
  }
}
