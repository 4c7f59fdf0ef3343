package com.withampersand.sdk.examples;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.jspecify.annotations.Nullable;

/**
 * What a process shows of itself to those who do not read its memory, and what outlives the objects
 * of the SDK in it. Each text is one line: where it was seen, and what.
 *
 * <p>Safe to share between threads.
 */
final class Places {
  /**
   * What leads to all that there is; and the JDK's client, which keeps what it sent and read last
   * in the buffers of open connections.
   */
  private static final List<Class<?>> NOT_ENTERED =
      List.of(
          Class.class,
          ClassLoader.class,
          Thread.class,
          ThreadGroup.class,
          Module.class,
          AccessibleObject.class,
          FileSystem.class,
          HttpClient.class);

  private final Set<String> texts = ConcurrentHashMap.newKeySet();

  Set<String> texts() {
    return texts;
  }

  private void seen(String where, Object what) {
    texts.add((where + ": " + what).replace("\r", "\\r").replace("\n", "\\n"));
  }

  /** Looks at what the process shows now. */
  void look() {
    System.getProperties().forEach((name, value) -> seen("property " + name, value));
    System.getenv().forEach((name, value) -> seen("environment " + name, value));
    ProcessHandle.Info process = ProcessHandle.current().info();
    seen("command line", process.commandLine() + " " + process.arguments().map(List::of));
    Thread.getAllStackTraces()
        .keySet()
        .forEach(thread -> seen("thread", thread + " " + thread.getThreadGroup()));
    lookAtBeans(ManagementFactory.getPlatformMBeanServer());
    lookAtFiles(Path.of(""));
    lookAtFiles(Path.of(System.getProperty("java.io.tmpdir")));
  }

  private void lookAtBeans(MBeanServer beans) {
    try {
      for (ObjectName name : beans.queryNames(null, null)) {
        for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name).getAttributes()) {
          seen("bean " + name + " " + attribute.getName(), value(beans, name, attribute));
        }
      }
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String value(MBeanServer beans, ObjectName name, MBeanAttributeInfo attribute)
      throws JMException {
    try {
      Object value = beans.getAttribute(name, attribute.getName());
      return Arrays.deepToString(new Object[] {value});
    } catch (RuntimeMBeanException e) {
      return e.toString(); // this machine has no such value
    }
  }

  private void lookAtFiles(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.filter(Files::isRegularFile).forEach(this::lookAtFile);
    } catch (IOException | UncheckedIOException e) {
      // A file was moved meanwhile; the next look finds what took its place.
    }
  }

  private void lookAtFile(Path file) {
    try {
      seen("file " + file, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      seen("file " + file, "gone");
    }
  }

  // Static fields

  /** Looks at each text and array that the static fields of the SDK's classes lead to. */
  void walkStaticFields() {
    Deque<Object> open = new ArrayDeque<>();
    for (Class<?> type : List.of(Secret.class, SalesforceApp.class)) {
      for (Class<?> one : classesBeside(type)) {
        fields(one, true).forEach(field -> enter(field, null, open));
      }
    }
    Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!open.isEmpty()) {
      Object object = open.removeFirst();
      if (known.add(object)) {
        walk(object, open);
      }
    }
    seen("objects in static fields", known.size());
  }

  /** Returns the classes that come with a class, from a directory or a jar. */
  private static List<Class<?>> classesBeside(Class<?> type) {
    try {
      Path place = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(place)) {
        return classesBelow(place);
      }
      try (FileSystem jar =
          FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
        return classesBelow(jar.getPath("/"));
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Class<?>> classesBelow(Path root) throws IOException {
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root.resolve("com"))) {
      for (Path file : files.filter(name -> name.toString().endsWith(".class")).toList()) {
        String name = root.relativize(file).toString().replaceFirst("\\.class$", "");
        if (!name.endsWith("-info")) {
          classes.add(Class.forName(name.replaceAll("[/\\\\]", ".")));
        }
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return classes;
  }

  private static List<Field> fields(Class<?> type, boolean areStatic) {
    return Arrays.stream(type.getDeclaredFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()) == areStatic)
        .filter(field -> !field.getType().isPrimitive())
        .toList();
  }

  private void enter(Field field, @Nullable Object of, Deque<Object> open) {
    try {
      field.setAccessible(true);
      Object value = field.get(of);
      if (value != null) {
        open.add(value);
      }
    } catch (InaccessibleObjectException | IllegalAccessException e) {
      seen("closed", field);
    }
  }

  private void walk(Object object, Deque<Object> open) {
    if (NOT_ENTERED.stream().anyMatch(type -> type.isInstance(object))) {
      return;
    }
    if (object instanceof String text) {
      seen("static", text);
    } else if (object instanceof byte[] bytes) {
      seen("static", new String(bytes, StandardCharsets.ISO_8859_1));
    } else if (object instanceof char[] characters) {
      seen("static", new String(characters));
    } else if (object instanceof Reference<?> reference) {
      Object target = reference.get();
      if (target != null) {
        open.add(target);
      }
    } else if (object instanceof Object[] elements) {
      Arrays.stream(elements).filter(element -> element != null).forEach(open::add);
    } else if (!object.getClass().isArray()) {
      for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
        fields(type, false).forEach(field -> enter(field, object, open));
      }
    }
  }
}
