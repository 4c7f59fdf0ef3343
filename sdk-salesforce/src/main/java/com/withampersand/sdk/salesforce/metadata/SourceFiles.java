package com.withampersand.sdk.salesforce.metadata;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Visits the files of a project, without what tools keep beside them. */
final class SourceFiles extends SimpleFileVisitor<Path> {
  private final Path root;
  private final Action action;

  /** What is done with a file. */
  interface Action {
    void on(Path file) throws IOException;
  }

  SourceFiles(Path root, Action action) {
    this.root = root;
    this.action = action;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    return isOfTools(String.valueOf(directory.getFileName())) && !directory.equals(root)
        ? FileVisitResult.SKIP_SUBTREE
        : FileVisitResult.CONTINUE;
  }

  /** Tells whether a directory or file of this name is not part of a project's source. */
  static boolean isOfTools(String name) {
    return name.startsWith(".") || name.equals("node_modules") || name.equals("__MACOSX");
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isRegularFile()) {
      action.on(file);
    }
    return FileVisitResult.CONTINUE;
  }

  /** A file that is gone belongs to no app. */
  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
