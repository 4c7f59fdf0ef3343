package com.withampersand.sdk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** Where else a secret of this process could be read. */
final class Places {
  private static final String PACKAGE = "com.withampersand.sdk.";
  private static final long LARGEST_FILE = 1 << 20;

  private Places() {}

  /** Returns the texts of what others can read of a process: its settings, threads and beans. */
  static List<String> ofTheProcess() throws JMException {
    List<String> texts = new ArrayList<>();
    System.getProperties().forEach((name, value) -> texts.add(name + "=" + value));
    System.getenv().forEach((name, value) -> texts.add(name + "=" + value));
    texts.add(ProcessHandle.current().info().toString());
    Thread.getAllStackTraces().keySet().forEach(thread -> texts.add(thread.getName()));
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    for (ObjectName bean : beans.queryNames(null, null)) {
      for (MBeanAttributeInfo attribute : beans.getMBeanInfo(bean).getAttributes()) {
        texts.add(bean + " " + attribute.getName() + " " + value(beans, bean, attribute));
      }
    }
    return texts;
  }

  private static Object value(MBeanServer beans, ObjectName bean, MBeanAttributeInfo attribute) {
    try {
      return String.valueOf(beans.getAttribute(bean, attribute.getName()));
    } catch (JMException | RuntimeException e) {
      return "not to be read";
    }
  }

  /** Returns the temporary files that were written since then. */
  static List<String> temporaryFiles(Instant since) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      for (Path file : files.toList()) {
        if (isNewText(file, since)) {
          texts.add(file + " " + Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return texts;
  }

  private static boolean isNewText(Path file, Instant since) {
    try {
      return Files.isRegularFile(file)
          && Files.isReadable(file)
          && Files.size(file) < LARGEST_FILE
          && !Files.getLastModifiedTime(file).toInstant().isBefore(since);
    } catch (IOException e) {
      return false; // It belongs to someone else, and is gone.
    }
  }

  /** Returns the serialized form; empty if the object has none. */
  static Optional<String> serialized(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.of(bytes.toString(StandardCharsets.ISO_8859_1));
  }

  /** Returns the texts that are reachable from the static fields of the SDK's own classes. */
  static List<String> reachableFromStaticFields(Path classes)
      throws IOException, ReflectiveOperationException {
    Deque<Object> toVisit = new ArrayDeque<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace('/', '.').replace(".class", "");
        if (name.startsWith(PACKAGE) && !name.endsWith("-info")) {
          addStaticFields(Class.forName(name), toVisit);
        }
      }
    }
    return texts(toVisit);
  }

  private static void addStaticFields(Class<?> type, Deque<Object> found)
      throws ReflectiveOperationException {
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
        add(read(field, null), found);
      }
    }
  }

  private static @Nullable Object read(Field field, @Nullable Object of)
      throws IllegalAccessException {
    field.setAccessible(true);
    return field.get(of);
  }

  private static void add(@Nullable Object value, Deque<Object> found) {
    if (value != null) {
      found.add(value);
    }
  }

  private static List<String> texts(Deque<Object> toVisit) throws ReflectiveOperationException {
    List<String> texts = new ArrayList<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!toVisit.isEmpty()) {
      Object object = toVisit.remove();
      if (!seen.add(object)) {
        continue;
      }
      if (object instanceof CharSequence text) {
        texts.add(text.toString());
      } else if (object instanceof byte[] bytes) {
        texts.add(new String(bytes, StandardCharsets.ISO_8859_1));
      } else {
        addParts(object, toVisit);
      }
    }
    return texts;
  }

  private static void addParts(Object object, Deque<Object> found)
      throws ReflectiveOperationException {
    if (object instanceof Collection<?> all) {
      all.forEach(one -> add(one, found));
    } else if (object instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            add(name, found);
            add(value, found);
          });
    } else if (object instanceof Object[] all) {
      for (Object one : all) {
        add(one, found);
      }
    } else if (object instanceof Optional<?> some) {
      add(some.orElse(null), found);
    } else if (object instanceof AtomicReference<?> reference) {
      add(reference.get(), found);
    } else if (object.getClass().getName().startsWith(PACKAGE) && !(object instanceof Class<?>)) {
      addFields(object, found);
    }
  }

  private static void addFields(Object object, Deque<Object> found)
      throws ReflectiveOperationException {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      if (!type.getName().startsWith(PACKAGE) || type.isHidden()) {
        return;
      }
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          add(read(field, object), found);
        }
      }
    }
  }
}
