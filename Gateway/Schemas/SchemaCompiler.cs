using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>Builds the nodes of one schema, each place once, then resolves the references among them.</summary>
internal sealed class SchemaCompiler
{
    private const int MaxSchemas = 5_000;

    private readonly JsonElement _root;
    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaNode> _anchors = new(StringComparer.Ordinal);
    private readonly Queue<RefKeyword> _unresolved = new();
    private string? _id;

    private SchemaCompiler(JsonElement root) => _root = root;

    /// <summary>Compiles a schema whose document stays alive.</summary>
    public static SchemaNode Compile(JsonElement root)
    {
        var report = new ProblemReport("the schema");
        if (!WellFormed.Check(root, report) || report.Problems.Count > 0)
            throw new JsonSchemaException("#", report.Problems[0].Message);
        var compiler = new SchemaCompiler(root);
        var node = compiler.Node(root, "#");
        // A reference may lead to a place that no keyword names; what is there is compiled then, and may refer on.
        while (compiler._unresolved.TryDequeue(out var reference))
            reference.Resolve(compiler.Target(reference));
        SchemaCost.Check(compiler._nodes.Values);
        return node;
    }

    /// <summary>The node of a place.</summary>
    public SchemaNode Node(JsonElement schema, string pointer)
    {
        if (_nodes.TryGetValue(pointer, out var known))
            return known;
        if (_nodes.Count >= MaxSchemas)
            throw new JsonSchemaException(pointer, $"there are more than {MaxSchemas} schemas in it");
        var node = _nodes[pointer] = new SchemaNode(pointer);
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                break;
            case JsonValueKind.False:
                node.Refuse();
                break;
            case JsonValueKind.Object:
                var source = new SchemaSource(schema, pointer, this);
                Identify(source, node);
                node.Fill([.. Vocabulary.Read(source)]);
                break;
            default:
                throw new JsonSchemaException(pointer, "a schema must be an object, true or false");
        }
        return node;
    }

    /// <summary>Remembers a reference.</summary>
    public void ResolveLater(RefKeyword reference) => _unresolved.Enqueue(reference);

    private void Identify(SchemaSource source, SchemaNode node)
    {
        if (source.String("$schema") is { } dialect && dialect.TrimEnd('#') != "https://json-schema.org/draft/2020-12/schema")
            throw source.Wrong("$schema", "must be https://json-schema.org/draft/2020-12/schema or be left out; other drafts are not supported");
        if (source.String("$id") is { } id)
            _id = source.Pointer == "#" && !id.Contains('#', StringComparison.Ordinal) ? id
                : throw source.Wrong("$id", "is allowed at the root only, and without a fragment");
        foreach (var keyword in new[] { "$anchor", "$dynamicAnchor" })
        {
            if (source.String(keyword) is not { } anchor)
                continue;
            if (anchor.Length == 0 || !anchor.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
                || anchor[0] is '-' or '.' || char.IsAsciiDigit(anchor[0]))
                throw source.Wrong(keyword, "must begin with a letter or _ and go on with letters, digits, - _ and .");
            if (!_anchors.TryAdd(anchor, node) && _anchors[anchor] != node)
                throw source.Wrong(keyword, "names an anchor that exists already");
        }
    }

    private SchemaNode Target(RefKeyword reference)
    {
        var to = reference.To;
        if (_id is { Length: > 0 } id && to.StartsWith(id, StringComparison.Ordinal) && (to.Length == id.Length || to[id.Length] == '#'))
            to = to.Length == id.Length ? "#" : to[id.Length..];
        if (to.Length == 0 || to[0] != '#')
            throw new JsonSchemaException(reference.From, "must refer inside this schema, as in #/$defs/name or #anchor; nothing is fetched");
        if (to.Length > 1 && to[1] != '/')
            return _anchors.GetValueOrDefault(to[1..]) ?? throw new JsonSchemaException(reference.From, "refers to an anchor that does not exist");
        return JsonPointer.Follow(_root, to[1..]) is var (element, pointer)
            ? Node(element, pointer)
            : throw new JsonSchemaException(reference.From, "refers to a place that does not exist");
    }
}
