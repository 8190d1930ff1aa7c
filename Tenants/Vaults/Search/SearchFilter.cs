using System.Text;

namespace Granary.Tenants.Vaults.Search;

/// <summary>Which events a search is about; each condition that is not null must hold.</summary>
internal sealed record SearchFilter(string? Type, string? Actor, string? Namespace, DateTimeOffset? After, DateTimeOffset? Before)
{
    /// <summary>The conditions that stand in the index beside the text, in the language of FTS5; each begins with AND.</summary>
    public string Expression => $"{Equal("type", Type)}{Equal("actor", Actor)}{Equal("namespace", Namespace)}";

    /// <summary>A whole value as one word of the index, whatever it is made of.</summary>
    public static string Word(string value) => $"x{Convert.ToHexString(Encoding.UTF8.GetBytes(value))}";

    private static string Equal(string column, string? value) => value is null ? "" : $" AND {column} : {Word(value)}";
}
