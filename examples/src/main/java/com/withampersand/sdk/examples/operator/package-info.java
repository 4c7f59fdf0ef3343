/** A command line for the people who operate a program that keeps grants. */
@NullMarked
package com.withampersand.sdk.examples.operator;

import org.jspecify.annotations.NullMarked;
