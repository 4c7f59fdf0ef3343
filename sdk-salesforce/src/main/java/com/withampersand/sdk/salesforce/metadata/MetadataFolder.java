package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges.FileChange;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

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
    components.forEach(part -> files.put(part.sourcePath(), ElementWriter.write(part.root())));
    files.put(Manifest.PATH, ElementWriter.write(Manifest.of(components)));
    return files;
  }

  MetadataChanges plan() {
    return changes(steps());
  }

  MetadataChanges write(boolean overwrites) {
    List<Step> steps = steps();
    MetadataChanges changes = changes(steps);
    if (changes.overwrites() && !overwrites) {
      throw refused(changes);
    }
    try {
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

  private UncheckedIOException refused(MetadataChanges changes) {
    return new UncheckedIOException(
        "Files in "
            + directory
            + " differ, so nothing was written. Call overwrite() to change them:\n"
            + changes,
        new FileAlreadyExistsException(directory.toString()));
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
    for (Component part : app.toWrite()) {
      Optional<Component> before =
          there.stream()
              .filter(each -> each.type() == part.type() && each.isOf(app))
              .findFirst()
              .or(() -> inTheWay(part));
      before.ifPresent(MetadataFolder::requireWellNamed);
      Component after = before.map(found -> found.changedTo(part)).orElse(part);
      steps.add(new Step(after.path(), before.map(Component::root), after.root().withoutSecrets()));
      written.add(after);
    }
    Optional<Element> manifest = read(Manifest.PATH);
    steps.add(
        new Step(
            Manifest.PATH,
            manifest,
            manifest
                .map(before -> Manifest.of(written, before))
                .orElseGet(() -> Manifest.of(written))));
    return steps;
  }

  /** A file of the name may be another app's, or a link. */
  private Optional<Component> inTheWay(Component part) {
    return read(part.path()).map(root -> new Component(part.type(), part.path(), root));
  }

  private static void requireWellNamed(Component found) {
    if (!found.isWellNamed()) {
      throw unreadable(
          found.path(),
          "Salesforce's tools do not find it under this name.",
          "Rename it to " + ProviderText.redacted(found.sourcePath()) + ".");
    }
  }

  private Optional<Element> read(String path) {
    Path file = directory.resolve(path);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream input = Files.newInputStream(file)) {
      return Optional.of(ElementReader.read(MetadataReader.text(input)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ElementReader.Unreadable e) {
      throw unreadable(
          path, "It cannot be read: " + e.getMessage() + ".", "Choose another directory.");
    }
  }

  private static InvalidProviderAppException unreadable(
      String path, String problem, String remedy) {
    return new InvalidProviderAppException(
        List.of(new Violation(ProviderText.redacted(path), problem, remedy)));
  }

  /** A reader sees the file as it was or as it will be. A link stays, and what it names changes. */
  private static void replace(Path path, String text) throws IOException {
    Path file = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    Files.createDirectories(file.resolveSibling(""));
    Path temporary = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      if (Files.exists(file)) {
        copyPermissions(file, temporary);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void copyPermissions(Path from, Path to) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(Files.getPosixFilePermissions(from));
    }
  }
}
