package org.jetfanout.testkit;

import java.util.ArrayList;
import java.util.List;

/** A small terminal emulator. It supports what the live view needs, and fails at anything else. */
public final class Emulator {
    private final int columns;
    private final List<StringBuilder> screen = new ArrayList<>();
    private int row;
    private int column;
    private boolean cursor = true;
    private boolean wrap = true;

    /** An empty screen of this width. */
    public Emulator(int columns) {
        this.columns = columns;
    }

    /** Takes output of the program. */
    public void show(String output) {
        for (int i = 0; i < output.length(); i++) {
            char c = output.charAt(i);
            if (c == '\n') {
                // the terminal driver adds a carriage return, too
                row++;
                column = 0;
            } else if (c == '\r') {
                column = 0;
            } else if (c == '\u001b') {
                int end = i + 2;
                while (!Character.isLetter(output.charAt(end))) {
                    end++;
                }
                control(output.substring(i + 2, end), output.charAt(end));
                i = end;
            } else {
                put(c);
            }
        }
    }

    /** The lines on the screen. Blanks at the end are left out. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        screen.forEach(line -> lines.add(line.toString().stripTrailing()));
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    /** Whether the cursor is shown. */
    public boolean hasCursor() {
        return cursor;
    }

    /** Whether long lines wrap. */
    public boolean wraps() {
        return wrap;
    }

    private void put(char c) {
        if (column >= columns) {
            throw new IllegalStateException("wrapped: " + at(row));
        }
        StringBuilder line = at(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column++, c);
    }

    private void control(String parameters, char kind) {
        switch (kind) {
            case 'A' -> row = Math.max(0, row - Integer.parseInt(parameters));
            case 'J' -> {
                at(row).setLength(Math.min(at(row).length(), column));
                for (int below = row + 1; below < screen.size(); below++) {
                    at(below).setLength(0);
                }
            }
            case 'K' -> at(row).setLength(Math.min(at(row).length(), column));
            case 'm' -> {}
            case 'h', 'l' -> {
                if (parameters.equals("?25")) {
                    cursor = kind == 'h';
                } else {
                    wrap = kind == 'h';
                }
            }
            default -> throw new IllegalStateException("ESC[" + parameters + kind);
        }
    }

    private StringBuilder at(int place) {
        while (screen.size() <= place) {
            screen.add(new StringBuilder());
        }
        return screen.get(place);
    }
}
