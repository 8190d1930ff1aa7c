using System.Text;

namespace Granary.Instana.Params;

/// <summary>How a parameter's value is read.</summary>
public enum ParameterKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>An identifier: a string that can stand in a path.</summary>
    Id,

    /// <summary>Identifiers: an array, a comma-separated string, or an array written as a string.</summary>
    IdList,

    /// <summary>Strings: an array, a comma-separated string, or an array written as a string.</summary>
    TextList,

    /// <summary>A whole number, or a string that holds one.</summary>
    Integer,

    /// <summary>A number, or a string that holds one.</summary>
    Number,

    /// <summary>True or false, also yes/no, on/off, 1/0.</summary>
    Flag,

    /// <summary>One of a few words, without regard to case.</summary>
    Choice,

    /// <summary>Some of a few words.</summary>
    ChoiceList,

    /// <summary>A moment: epoch milliseconds or a date.</summary>
    Moment,

    /// <summary>A stretch of time, such as <c>last 2 hours</c>.</summary>
    Range,

    /// <summary>An object that holds other parameters of the operation, for clients that nest them.</summary>
    Group,

    /// <summary>An object with the fields of <see cref="InstanaParameter.Fields"/>; others are passed on unless it is closed.</summary>
    Object,

    /// <summary>A list of such objects.</summary>
    ObjectList,

    /// <summary>A tag filter expression, nested as deep as it may be.</summary>
    TagFilter,

    /// <summary>A period inside a body: <c>{to, windowSize}</c> or any other form of a period.</summary>
    Frame,

    /// <summary>Any JSON.</summary>
    Json,
}

/// <summary>Where a parameter goes in the request.</summary>
public enum ParameterPlace
{
    /// <summary>Where its operation's method and path put it: a name in the path, the query of a GET, the body of a POST.</summary>
    Inferred,

    /// <summary>A segment of the path.</summary>
    Path,

    /// <summary>The query string.</summary>
    Query,

    /// <summary>A member of the JSON body.</summary>
    Body,

    /// <summary>The JSON body itself.</summary>
    WholeBody,

    /// <summary>Nowhere: this side works with it.</summary>
    Local,
}

/// <summary>One parameter of an operation, as data: what reads it, checks it, documents it and sends it.</summary>
/// <param name="Name">Its name in <c>params</c>.</param>
/// <param name="Kind">How its value is read.</param>
/// <param name="Description">What it means, in few words.</param>
public sealed record InstanaParameter(string Name, ParameterKind Kind, string Description)
{
    /// <summary>Whether the operation needs it.</summary>
    public bool Required { get; init; }

    /// <summary>The words of a choice, in the backend's spelling.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Other words for a choice, each with the one it represents.</summary>
    public IReadOnlyDictionary<string, string> Synonyms { get; init; } = new Dictionary<string, string>();

    /// <summary>The smallest number.</summary>
    public long? Minimum { get; init; }

    /// <summary>The largest number.</summary>
    public long? Maximum { get; init; }

    /// <summary>The number that stands for an absent one.</summary>
    public long? Default { get; init; }

    /// <summary>What is sent for an absent one, as JSON; null sends nothing.</summary>
    public string? DefaultJson { get; init; }

    /// <summary>The longest text, in characters; of a list, of each of its items.</summary>
    public int MaxLength { get; init; } = 256;

    /// <summary>The most items of a list.</summary>
    public int MaxItems { get; init; } = 200;

    /// <summary>An example of a valid value, for error messages.</summary>
    public string? Example { get; init; }

    /// <summary>Where it goes in the request.</summary>
    public ParameterPlace Place { get; init; }

    /// <summary>What the backend calls it.</summary>
    public string Wire { get => field ?? Camel(Name); init; }

    /// <summary>Further names that clients use for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The known fields of an object, or of each object of a list.</summary>
    public IReadOnlyList<InstanaParameter> Fields { get; init; } = [];

    /// <summary>Whether <c>*</c> is a value of its own, and not a word for none.</summary>
    public bool TakesStar { get; init; }

    /// <summary>Whether an object may only have the fields that are known.</summary>
    public bool Closed { get; init; }

    /// <summary>The catalog in which an id is looked up by name, where <c>…_name</c> is given instead of <c>…_id</c>.</summary>
    public string? NamedIn { get; init; }

    /// <summary>The parameter that brings the name.</summary>
    public string? NamedBy { get; init; }

    /// <summary>The spelling by which it is found.</summary>
    internal string Spelling => field ??= Names.Squash(Name);

    /// <summary>Those by which it is found where no other parameter has that name.</summary>
    internal IReadOnlyList<string> OtherSpellings => field ??= [Names.Squash(Wire), .. Aliases.Select(Names.Squash)];

    /// <summary><c>include_snapshot_ids</c> is <c>includeSnapshotIds</c> to the backend.</summary>
    private static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i + 1 < name.Length)
                text.Append(char.ToUpperInvariant(name[++i]));
            else
                text.Append(name[i]);
        }
        return text.ToString();
    }
}
