package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges.FileChange;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A directory into which an app is written. What is there is compared by what it says. */
final class MetadataFolder {
  private final Path directory;
  private final SalesforceAppMetadata app;

  MetadataFolder(Path directory, SalesforceAppMetadata app) {
    this.directory = directory;
    this.app = app;
  }

  /** A file to write: what is there, and what will be. */
  private record Step(String path, Optional<Element> before, Element after) {
    FileChange change() {
      if (before.isEmpty()) {
        return new FileChange(path, Kind.CREATED, List.of());
      }
      List<String> differences = Differences.between(before.get(), after);
      return new FileChange(
          path, differences.isEmpty() ? Kind.UNCHANGED : Kind.CHANGED, differences);
    }
  }

  static Map<String, String> files(List<Component> components) {
    Map<String, String> files = new TreeMap<>();
    components.forEach(
        part -> files.put(part.sourcePath(), ElementWriter.write(part.root().withoutSecrets())));
    files.put(Manifest.PATH, ElementWriter.write(Manifest.of(components)));
    return files;
  }

  MetadataChanges plan() {
    return changes(steps());
  }

  MetadataChanges write(boolean overwrites) {
    List<Step> steps = steps();
    MetadataChanges changes = changes(steps);
    try {
      if (changes.overwrites() && !overwrites) {
        throw new FileAlreadyExistsException(
            directory.toString(),
            null,
            "Nothing was written, for files say something else.\n" + changes);
      }
      for (Step step : steps) {
        if (step.change().kind() != Kind.UNCHANGED) {
          replace(directory.resolve(step.path), ElementWriter.write(step.after));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return changes;
  }

  private static MetadataChanges changes(List<Step> steps) {
    return new MetadataChanges(steps.stream().map(Step::change).toList());
  }

  /** An app has one component of each type, which may have another name than the usual one. */
  private List<Step> steps() {
    List<Component> there =
        Files.exists(directory) ? MetadataReader.components(directory) : List.of();
    List<Step> steps = new ArrayList<>();
    List<Component> written = new ArrayList<>();
    for (Component part : app.components()) {
      Optional<Component> before =
          there.stream()
              .filter(each -> each.type() == part.type() && each.app().equals(app.name()))
              .findFirst();
      Component after = before.map(found -> found.changedTo(part)).orElse(part);
      String path = before.map(Component::path).orElse(part.sourcePath());
      steps.add(new Step(path, before.map(Component::root), after.root().withoutSecrets()));
      written.add(after);
    }
    steps.add(new Step(Manifest.PATH, manifestBefore(), Manifest.of(written)));
    return steps;
  }

  private Optional<Element> manifestBefore() {
    Path file = directory.resolve(Manifest.PATH);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ElementReader.read(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ElementReader.Unreadable e) {
      throw new InvalidProviderAppException(
          List.of(
              new Violation(
                  Manifest.PATH,
                  "It cannot be read: " + e.getMessage() + ".",
                  "Remove it, or choose another directory.")));
    }
  }

  /** A reader sees the file as it was or as it will be. */
  private static void replace(Path file, String text) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    Path temporary = Files.createTempFile(parent, ".", ".tmp");
    try {
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
