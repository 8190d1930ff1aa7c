namespace Granary.Gateway.Schemas;

/// <summary>The keywords we know, in the order of checking. Every other name in a schema is an annotation.</summary>
internal static class Vocabulary
{
    // The type first: where it is wrong, nothing else is worth saying. Then what is cheap before what goes deep.
    private static readonly Func<SchemaSource, Keyword?>[] BeforeProperties =
    [
        TypeKeyword.Read, EnumKeyword.ReadConst, EnumKeyword.Read,
        BoundKeyword.ReadMinimum, BoundKeyword.ReadExclusiveMinimum, BoundKeyword.ReadMaximum, BoundKeyword.ReadExclusiveMaximum,
        MultipleOfKeyword.Read, LengthKeyword.Read, PatternKeyword.Read,
        PropertyCountKeyword.Read, RequiredKeyword.Read, ItemCountKeyword.Read,
    ];

    private static readonly Func<SchemaSource, Keyword?>[] AfterProperties =
    [
        PropertyNamesKeyword.Read, PropertiesKeyword.Read, ItemsKeyword.Read, ContainsKeyword.Read, UniqueItemsKeyword.Read,
        RefKeyword.Read, RefKeyword.ReadDynamic, AllOfKeyword.Read, AnyOfKeyword.Read, AnyOfKeyword.ReadOneOf, NotKeyword.Read, IfKeyword.Read,
    ];

    /// <summary>Reads every keyword of a schema.</summary>
    public static IEnumerable<Keyword> Read(SchemaSource source)
    {
        CheckAnnotations(source);
        // Compiled for its errors, and for the anchors in it, whether or not anything refers to it.
        source.SchemaMap("$defs");
        return BeforeProperties.Select(read => read(source))
            .Concat(RequiredKeyword.ReadDependent(source))
            .Concat(AfterProperties.Select(read => read(source)))
            .Concat(DependentSchemaKeyword.Read(source))
            .Append(UnevaluatedKeyword.Read(source))
            .OfType<Keyword>();
    }

    private static void CheckAnnotations(SchemaSource source)
    {
        foreach (var keyword in new[] { "title", "description", "$comment", "format", "contentEncoding", "contentMediaType" })
            source.String(keyword);
        foreach (var keyword in new[] { "deprecated", "readOnly", "writeOnly" })
            source.Boolean(keyword);
        source.Typed("examples", System.Text.Json.JsonValueKind.Array, "must be a list");
    }
}
