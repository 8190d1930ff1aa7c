namespace Granary.Gateway.Configuration;

/// <summary>A path in front of the gateway's own: segments of visible, unreserved characters (RFC 3986, 2.3), so that it can mean no other host and no query.</summary>
internal static class PathPrefix
{
    private const int MaxLength = 512;

    public static bool IsValid(string path)
    {
        if (path.Length is 0 or > MaxLength || path[0] != '/' || path.Contains("//", StringComparison.Ordinal) || path[^1] == '/')
            return false;
        foreach (var c in path)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '-' or '.' or '_' or '~'))
                return false;
        }
        return !path.Split('/').Any(segment => segment is "." or "..");
    }
}
