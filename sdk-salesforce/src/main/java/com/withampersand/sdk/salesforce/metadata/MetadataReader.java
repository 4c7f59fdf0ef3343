package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Finds the files of apps in a directory or a zip, and tells which belongs to which app. */
final class MetadataReader {
  /** Also names with which Salesforce's tools find nothing. */
  private static final Pattern CANDIDATE =
      Pattern.compile("[^/]+\\.(?:eca\\w*|connectedApp)(?:-meta\\.xml)?");

  private static final String REMEDY =
      "Retrieve the app again, or remove the file if it belongs to none.";

  private static final int MOST_FILES = 20_000;
  private static final int MOST_BYTES = 1 << 20;

  private final List<Component> components = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private int files;

  private MetadataReader() {}

  static List<SalesforceAppMetadata> read(Path directoryOrZip) {
    Map<String, List<Component>> apps = new TreeMap<>();
    for (Component component : components(directoryOrZip)) {
      apps.computeIfAbsent(component.app(), any -> new ArrayList<>()).add(component);
    }
    return apps.entrySet().stream()
        .map(app -> new SalesforceAppMetadata(app.getKey(), app.getValue()))
        .toList();
  }

  /** Returns the files of all apps, in the order of their types. */
  static List<Component> components(Path directoryOrZip) {
    MetadataReader reader = new MetadataReader();
    try {
      reader.readAny(directoryOrZip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader.requireOneOfEach();
    if (!reader.violations.isEmpty()) {
      throw new InvalidProviderAppException(reader.violations);
    }
    reader.components.sort(Comparator.comparing(Component::type).thenComparing(Component::path));
    return reader.components;
  }

  private void readAny(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      readDirectory(path);
    } else if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    } else if (CANDIDATE.matcher(String.valueOf(path.getFileName())).matches()) {
      readFile(path, String.valueOf(path.getFileName()));
    } else {
      readZip(path);
    }
  }

  private void readDirectory(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SourceFiles(
            root,
            file -> {
              count();
              if (CANDIDATE.matcher(String.valueOf(file.getFileName())).matches()) {
                readFile(file, root.relativize(file).toString().replace('\\', '/'));
              }
            }));
  }

  private void readFile(Path file, String path) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      readComponent(path, input);
    }
  }

  private void readZip(Path path) throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        count();
        String name = entry.getName().replace('\\', '/');
        String file = name.substring(name.lastIndexOf('/') + 1);
        if (!entry.isDirectory() && CANDIDATE.matcher(file).matches()) {
          try (InputStream input = zip.getInputStream(entry)) {
            readComponent(name, input);
          }
        }
      }
    } catch (ZipException e) {
      unreadable(
          String.valueOf(path.getFileName()),
          "It is neither a directory, nor a zip, nor a file of an app.");
    }
  }

  private void count() {
    files++;
    if (files > MOST_FILES) {
      throw new InvalidProviderAppException(
          List.of(
              new Violation(
                  "metadata",
                  "There are more than 20,000 files.",
                  "Name the directory in which the app is.")));
    }
  }

  private void readComponent(String path, InputStream input) throws IOException {
    byte[] text = input.readNBytes(MOST_BYTES + 1);
    if (text.length > MOST_BYTES) {
      unreadable(path, "It is larger than 1 MiB, which no file of an app is.");
      return;
    }
    try {
      Element root = ElementReader.read(text);
      Optional<ComponentType> type = ComponentType.named(root.name());
      type.ifPresent(known -> components.add(new Component(known, path, root)));
      if (type.isEmpty() && ComponentType.hasSuffix(path)) {
        unreadable(
            path,
            "Its root element " + SalesforceUrls.shown(root.name()) + " is no type of an app.");
      }
    } catch (ElementReader.Unreadable e) {
      unreadable(path, "It cannot be read: " + e.getMessage() + ".");
    }
  }

  private void unreadable(String path, String problem) {
    violations.add(new Violation(SalesforceUrls.shown(path), problem, REMEDY));
  }

  private void requireOneOfEach() {
    Map<String, String> paths = new HashMap<>();
    for (Component component : components) {
      String before = paths.put(component.type() + " " + component.app(), component.path());
      if (before != null) {
        violations.add(
            new Violation(
                SalesforceUrls.shown(component.path()),
                "It describes the "
                    + component.type().typeName()
                    + " of "
                    + SalesforceUrls.shown(component.app())
                    + ", and so does "
                    + SalesforceUrls.shown(before)
                    + ".",
                "Keep the one that the org has. Or name the directory of one copy."));
      }
    }
  }
}
