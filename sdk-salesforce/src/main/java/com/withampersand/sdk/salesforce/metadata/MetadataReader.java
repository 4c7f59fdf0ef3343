package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.ProviderText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Finds the files of apps in a directory or a zip, and tells which belongs to which app. */
final class MetadataReader {
  /** Also names with which Salesforce's tools find nothing, but none that no directory can hold. */
  private static final Pattern CANDIDATE =
      Pattern.compile("[^./\\p{Cntrl}][^/\\p{Cntrl}]*\\.(?:eca\\w*|connectedApp)(?:-meta\\.xml)?");

  private static final String REMEDY =
      "Retrieve the app again, or remove the file if it belongs to none.";

  private static final int MOST_FILES = 1000;
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_BYTES_TOGETHER = 16 << 20;

  private final List<Component> components = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private int files;
  private int bytes;

  private MetadataReader() {}

  /** Of one name there may be an app of each kind. Names of Salesforce differ by more than case. */
  static List<SalesforceAppMetadata> read(Path directoryOrZip) {
    Map<String, List<Component>> apps = new TreeMap<>();
    for (Component component : components(directoryOrZip)) {
      String app = component.app().toLowerCase(Locale.ROOT) + component.isConnectedApp();
      apps.computeIfAbsent(app, any -> new ArrayList<>()).add(component);
    }
    return apps.values().stream().map(SalesforceAppMetadata::found).toList();
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

  /** Returns what a file says, if it is not larger than one of an app. */
  static byte[] text(InputStream input) throws IOException, ElementReader.Unreadable {
    return requireSize(start(input));
  }

  /** Reads one byte further than a file may be long, and no more. */
  private static byte[] start(InputStream input) throws IOException {
    return input.readNBytes(MOST_BYTES + 1);
  }

  private static byte[] requireSize(byte[] text) throws ElementReader.Unreadable {
    if (text.length > MOST_BYTES) {
      throw new ElementReader.Unreadable("it is larger than 1 MiB");
    }
    return text;
  }

  private void readAny(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      readDirectory(path.toRealPath());
    } else if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    } else if (CANDIDATE.matcher(String.valueOf(path.getFileName())).matches()) {
      readFile(path, String.valueOf(path.getFileName()));
    } else {
      readZip(path);
    }
  }

  private void readDirectory(Path root) throws IOException {
    String separator = root.getFileSystem().getSeparator();
    Files.walkFileTree(
        root,
        new SourceFiles(
            root,
            file -> {
              if (CANDIDATE.matcher(String.valueOf(file.getFileName())).matches()) {
                readFile(file, root.relativize(file).toString().replace(separator, "/"));
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
      for (ZipEntry entry : zip.stream().filter(MetadataReader::isCandidate).toList()) {
        readEntry(zip, entry);
      }
    } catch (ZipException | UnsupportedOperationException e) {
      unreadable(
          String.valueOf(path.getFileName()),
          "It is neither a directory, nor a zip, nor a file of an app.");
    }
  }

  private static boolean isCandidate(ZipEntry entry) {
    List<String> names = Arrays.asList(name(entry).split("/", -1));
    return !entry.isDirectory()
        && CANDIDATE.matcher(names.get(names.size() - 1)).matches()
        && names.stream().noneMatch(name -> !name.equals("..") && SourceFiles.isOfTools(name));
  }

  private static String name(ZipEntry entry) {
    return entry.getName().replace('\\', '/');
  }

  private void readEntry(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream input = zip.getInputStream(entry)) {
      readComponent(name(entry), input);
    } catch (ZipException e) {
      unreadable(name(entry), "The zip is damaged here.");
    }
  }

  private void readComponent(String path, InputStream input) throws IOException {
    files++;
    require(files <= MOST_FILES, "There are more than 1,000 files of apps.");
    byte[] start = start(input);
    bytes += start.length;
    require(bytes <= MOST_BYTES_TOGETHER, "The files of apps are larger than 16 MiB together.");
    try {
      Element root = ElementReader.read(requireSize(start));
      Optional<ComponentType> type = ComponentType.named(root.name());
      type.ifPresent(known -> components.add(new Component(known, path, root)));
      if (type.isEmpty() && ComponentType.hasSuffix(path)) {
        unreadable(
            path,
            "An app has no file with the root element " + ProviderText.redacted(root.name()) + ".");
      }
    } catch (ElementReader.Unreadable e) {
      unreadable(path, "It cannot be read: " + e.getMessage() + ".");
    }
  }

  private static void require(boolean isWithinBound, String problem) {
    if (!isWithinBound) {
      throw new InvalidProviderAppException(
          List.of(new Violation("metadata", problem, "Name the directory in which the app is.")));
    }
  }

  private void unreadable(String path, String problem) {
    violations.add(new Violation(ProviderText.redacted(path), problem, REMEDY));
  }

  private void requireOneOfEach() {
    Map<String, String> paths = new HashMap<>();
    for (Component component : components) {
      String before =
          paths.put(
              component.type() + " " + component.app().toLowerCase(Locale.ROOT), component.path());
      if (before != null) {
        violations.add(
            new Violation(
                ProviderText.redacted(component.path()),
                "It is the %s of %s, and so is %s."
                    .formatted(
                        component.type().typeName(),
                        ProviderText.redacted(component.app()),
                        ProviderText.redacted(before)),
                "Keep the one that the org has, or name the directory of one copy."));
      }
    }
  }
}
