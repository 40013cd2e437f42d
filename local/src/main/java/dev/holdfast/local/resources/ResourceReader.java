package dev.holdfast.local.resources;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockSpec;
import dev.holdfast.crds.RedisNodeSet;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads DistributedLocks and RedisNodeSets; stops at the first thing that is wrong. */
public final class ResourceReader {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final String NAME_RULE = "use at most 63 lower-case letters, digits and \"-\"";

    private final Map<String, LockFields> locks = new LinkedHashMap<>();
    private final Map<String, DeclaredNodeSet> nodeSets = new LinkedHashMap<>();

    private ResourceReader() {}

    public static Resources read(List<Path> files) throws InvalidResource {
        var reader = new ResourceReader();
        for (var file : files) {
            reader.readFile(file);
        }
        return reader.finish(files);
    }

    private void readFile(Path file) throws InvalidResource {
        var name = String.valueOf(file.getFileName());
        try (var text = Files.newBufferedReader(file)) {
            for (var node : new Yaml(new LoaderOptions()).composeAll(text)) {
                readDocument(name, node);
            }
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            var line = mark == null ? 1 : mark.getLine() + 1;
            throw new InvalidResource(name, line, "no valid YAML: " + e.getProblem() + "; correct the line");
        } catch (CharacterCodingException | YAMLException e) {
            throw new InvalidResource(name, 1, "no readable text; save the file as UTF-8 YAML");
        } catch (NoSuchFileException _) {
            throw new InvalidResource(file + ": no such file; name an existing one with -f");
        } catch (IOException e) {
            throw new InvalidResource(file + ": cannot be read (" + e.getMessage() + "); name a readable file with -f");
        }
    }

    private void readDocument(String file, Node node) throws InvalidResource {
        var document = Fields.of(file, "", node).only("apiVersion", "kind", "metadata", "spec", "status");
        var apiVersion = document.required("apiVersion", "write " + DistributedLock.API_VERSION);
        if (!apiVersion.equals(DistributedLock.API_VERSION)) {
            throw document.at(
                    "apiVersion", "apiVersion is \"" + apiVersion + "\"; write " + DistributedLock.API_VERSION);
        }
        var kind = document.required("kind", "write " + DistributedLock.KIND + " or " + RedisNodeSet.KIND);
        var metadata = metadata(document);
        // A spec may be left out: every field has a default.
        var spec = document.has("spec") ? document.nested("spec").orElseThrow() : Fields.none(file, "spec", node);
        switch (kind) {
            case DistributedLock.KIND -> {
                var lock = LockFields.read(metadata, spec);
                requireNew(document, kind, locks.put(metadata.name(), lock) == null, metadata);
            }
            case RedisNodeSet.KIND -> {
                var set = NodeSetFields.read(metadata, spec);
                requireNew(document, kind, nodeSets.put(metadata.name(), set) == null, metadata);
            }
            default ->
                throw document.at(
                        "kind",
                        "unknown kind \"" + kind + "\"; write " + DistributedLock.KIND + " or " + RedisNodeSet.KIND);
        }
    }

    private static Metadata metadata(Fields document) throws InvalidResource {
        var metadata = document.nested("metadata")
                .orElseThrow(() -> document.at("metadata", "metadata is missing; give the resource a metadata.name"));
        metadata.only("name", "namespace", "labels", "annotations");
        return new Metadata(
                name(metadata, "name", metadata.required("name", "give the resource a name")),
                name(metadata, "namespace", metadata.text("namespace", Metadata.DEFAULT_NAMESPACE)),
                metadata.textMap("labels"),
                metadata.textMap("annotations"));
    }

    private static String name(Fields metadata, String field, String name) throws InvalidResource {
        if (!NAME.matcher(name).matches()) {
            throw metadata.at(field, metadata.full(field) + " is \"" + name + "\"; " + NAME_RULE);
        }
        return name;
    }

    private static void requireNew(Fields document, String kind, boolean isNew, Metadata metadata)
            throws InvalidResource {
        if (!isNew) {
            throw document.at(
                    "metadata",
                    "a second " + kind + " named \"" + metadata.name() + "\"; remove or rename one of them");
        }
    }

    private Resources finish(List<Path> files) throws InvalidResource {
        if (locks.isEmpty()) {
            throw new InvalidResource(
                    files.size() == 1
                            ? files.getFirst() + ": declares no DistributedLock; add one"
                            : "the files given declare no DistributedLock; add one");
        }
        for (var lock : locks.values()) {
            var nodeSet = lock.lock().spec().nodeSet();
            if (nodeSet.equals(DistributedLockSpec.DEFAULT_NODE_SET)) {
                nodeSets.computeIfAbsent(nodeSet, _ -> DeclaredNodeSet.byDefault());
            }
            var set = nodeSets.get(nodeSet);
            if (set == null) {
                throw lock.unknownNodeSet();
            }
            lock.requireFits(set);
        }
        return new Resources(
                List.copyOf(nodeSets.values()),
                locks.values().stream().map(LockFields::lock).toList());
    }
}
