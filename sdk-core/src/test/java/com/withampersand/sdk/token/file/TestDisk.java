package com.withampersand.sdk.token.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/** The machine's own file system, of which a test can make one thing fail, or do more. */
final class TestDisk implements Disk {
  private static final Path FULL = Path.of("/dev/full");

  private final Disk disk = new Disk.Local(true);
  private volatile String full = "";
  private volatile Step afterCreate = file -> {};
  private volatile Step beforeMove = file -> {};
  private volatile Step beforeSync = file -> {};
  private volatile boolean wholeSeconds;

  /** Something that happens to a file. */
  @FunctionalInterface
  interface Step {
    void to(Path file) throws IOException;
  }

  /** Lets files of this suffix be created, but nothing be written to them. */
  TestDisk fullFor(String suffix) {
    this.full = suffix;
    return this;
  }

  TestDisk notFull() {
    return fullFor("");
  }

  TestDisk afterCreate(Step step) {
    this.afterCreate = step;
    return this;
  }

  TestDisk beforeMove(Step step) {
    this.beforeMove = step;
    return this;
  }

  TestDisk beforeSync(Step step) {
    this.beforeSync = step;
    return this;
  }

  TestDisk wholeSeconds() {
    this.wholeSeconds = true;
    return this;
  }

  @Override
  public FileChannel create(Path file) throws IOException {
    FileChannel channel = disk.create(file);
    afterCreate.to(file);
    if (full.isEmpty() || !file.toString().endsWith(full)) {
      return channel;
    }
    channel.close();
    return FileChannel.open(FULL, StandardOpenOption.WRITE);
  }

  @Override
  public FileChannel open(Path file) throws IOException {
    return disk.open(file);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    beforeMove.to(from);
    disk.move(from, to);
  }

  @Override
  public void setTime(Path file, FileTime time) throws IOException {
    disk.setTime(file, wholeSeconds ? FileTime.fromMillis(time.toMillis() / 1_000 * 1_000) : time);
  }

  @Override
  public void sync(Path directory) throws IOException {
    beforeSync.to(directory);
    disk.sync(directory);
  }
}
