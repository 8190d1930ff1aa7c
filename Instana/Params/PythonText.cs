using System.Text;

namespace Granary.Instana.Params;

/// <summary>Some models write an object as Python would print it: <c>{'rca': True, 'state': None}</c>. This respells it as JSON.</summary>
internal static class PythonText
{
    /// <summary>The text with JSON's quotes and words. What is no Python literal stays wrong, and the JSON reader says so.</summary>
    public static string ToJson(string text)
    {
        var json = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c is '\'' or '"')
            {
                i = CopyString(text, i, json);
            }
            else if (char.IsAsciiLetter(c))
            {
                var end = i;
                while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                    end++;
                json.Append(Word(text[i..end]));
                i = end;
            }
            else
            {
                json.Append(c);
                i++;
            }
        }
        return json.ToString();
    }

    private static int CopyString(string text, int start, StringBuilder json)
    {
        var quote = text[start];
        json.Append('"');
        var i = start + 1;
        for (; i < text.Length && text[i] != quote; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                // JSON knows no escaped apostrophe.
                json.Append(text[i] == '\'' ? "'" : "\\" + text[i]);
            }
            else
            {
                json.Append(text[i] == '"' ? "\\\"" : text[i].ToString());
            }
        }
        if (i < text.Length)
            json.Append('"');
        return i + 1;
    }

    private static string Word(string word) => word switch
    {
        "True" => "true",
        "False" => "false",
        "None" => "null",
        _ => word,
    };
}
