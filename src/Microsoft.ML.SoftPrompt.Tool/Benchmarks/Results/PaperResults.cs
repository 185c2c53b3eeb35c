namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

/// <summary>A row of the paper's Tables I to III.</summary>
internal sealed record PaperRow(string Method, double Accuracy, double F1, double Recall, double Precision, double Auroc, double AveragePrecision);

/// <summary>What the paper prints (SPEAR, arXiv 2510.03962), and why it cannot be set beside these results number by number.</summary>
internal sealed record PaperResults(string Table, IReadOnlyList<PaperRow> Rows, (string At10, string At20, string At30) AccuracyByPromptLength, string NotComparable)
{
    /// <summary>The paper's Figure 2: megabytes of what is trained.</summary>
    public static readonly IReadOnlyList<(string Name, double Megabytes)> TrainedSizes = [("prompt of SPEAR-BERT", 0.06), ("prompt of SPEAR-Gemma", 0.16), ("LSTM", 0.29)];

    public static readonly PaperResults Mimic = new(
        "Table I, MIMIC-IV",
        [
            new("Gemma zero-shot", .5450, .7774, .5800, .5421, .5457, .5611),
            new("GPT-4 zero-shot", .6500, .6789, .7400, .6271, .6956, .6836),
            new("BERT zero-shot", .4900, .1356, .0800, .4444, .0760, .2622),
            new("LSTM", .7700, .7767, .8000, .7547, .7960, .7774),
            new("SPEAR-BERT", .9300, .9285, .9100, .9479, .9323, .9290),
            new("SPEAR-Gemma", .6800, .7090, .7800, .6500, .7254, .7150),
        ],
        (".8900", ".9300", ".9150"),
        "The paper has the whole of MIMIC-IV, which needs a licence, and these are the open demos of 100 patients; its test set is a balanced draw of 200 series, its splits are not published, and it does not say how many series trained. "
        + "Two rows contradict themselves: Gemma's F1 lies above its precision and its recall, and BERT's AUROC of .076 would be .924 with its sign turned.");

    public static readonly PaperResults Nasa = new(
        "Table II, NASA",
        [
            new("Gemma zero-shot", .1834, .1266, 1.0, .0676, .5660, .0676),
            new("GPT-4 zero-shot", .2367, .1342, 1.0, .0719, .5943, .0719),
            new("BERT zero-shot", .0592, .1117, 1.0, .0592, .5000, .0592),
            new("LSTM", .8714, .4000, .4286, .3750, .8549, .3445),
            new("SPEAR-BERT", .9112, .4000, .5000, .3333, .6157, .5039),
            new("SPEAR-Gemma", .7515, .2222, .6000, .1364, .7371, .2806),
        ],
        (".7814", ".9112", ".9016"),
        "The paper's ratios fit a test part of 169 windows with 10 anomalous, so probably one stream, which it does not name; the LSTM's row fits another one (70 and 7). Here training is pooled over 54 streams, since a cut by time leaves four of them with anomalies in every part.");

    public static readonly PaperResults Nab = new(
        "Table III, NAB AWS",
        [
            new("Gemma zero-shot", .4583, .0714, .7778, .0374, .6694, .0486),
            new("GPT-4 zero-shot", .5357, .0714, .6667, .0377, .5994, .0341),
            new("BERT zero-shot", .1265, .0578, 1.0, .0298, .6616, .0546),
            new("LSTM", .8935, .0317, .0588, .0217, .5076, .0872),
            new("SPEAR-BERT", .8512, .1071, .3333, .0638, .7101, .0568),
            new("SPEAR-Gemma", .6101, .0775, .6111, .0414, .6823, .0499),
        ],
        ("", "", ""),
        "The paper's ratios fit 672 test windows with 18 anomalous, 2.7 %: nearer to NAB's one label a timestamp (task `labels`) than to its label windows (task `windows`), and the LSTM's row fits another part (573 and 17). How the windows of 1 to 50 readings are drawn, and where files are cut, is not published.");

    /// <summary>What the paper has for a set; null where it has none.</summary>
    public static PaperResults? Of(string set) => set switch { "mimic-iv" => Mimic, "nasa" => Nasa, "nab" => Nab, _ => null };
}
