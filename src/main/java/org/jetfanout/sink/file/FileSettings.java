package org.jetfanout.sink.file;

import java.nio.file.Path;
import java.util.List;
import org.jetfanout.sink.Setting;
import org.jetfanout.sink.SettingType;

/** The settings of the file sink. */
public final class FileSettings {
    static final Setting<Path> PATH =
            Setting.of(
                            "path",
                            SettingType.file(),
                            "the file; `{guid}` stands for the GUID of the run, `~/` at the"
                                    + " beginning for your home. jet-fanout creates missing folders (0700)")
                    .orElse("jet-fanout-{guid}.ndjson");

    static final Setting<Long> ROTATE_SIZE =
            Setting.of(
                            "rotate-size",
                            SettingType.size(NdjsonFile.SMALLEST, Long.MAX_VALUE),
                            "the sink rotates the file before it becomes larger: `file.1` is the"
                                    + " previous file, `file.2` the one before that")
                    .orElse("256MiB");

    static final Setting<Integer> ROTATE_COUNT =
            Setting.of(
                            "rotate-count",
                            SettingType.number(0, 1_000_000),
                            "how many rotated files to keep. The sink removes the oldest, and"
                                    + " jet-fanout's log says so. 0: keep all")
                    .orElse("0");

    /** All settings of the sink. */
    public static final List<Setting<?>> ALL = List.of(PATH, ROTATE_SIZE, ROTATE_COUNT);

    private FileSettings() {}
}
