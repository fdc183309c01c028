import type { Language } from "#lib/sandbox/openclaw/agents/speech.ts";

/** One long read and its gist, in each language. */
export const essays: Record<Language, { whole: string; short: string }> = {
  en: {
    whole: `# A Wall in the Sea

Every harbour begins as an argument with the weather. Somebody looks at a bend in the coast, at the way the boats have to be dragged up the shingle each evening, and thinks: if only the sea would hold still here. It will not, of course. But it can be persuaded to spend its strength a little farther out, on something that does not mind. That something is a breakwater, and the history of how people have learned to build one is a history of being wrong, slowly and at great expense, until the sea had explained itself.

## What a wave is

It helps to begin with what arrives. A wave in deep water is hardly a thing at all. The water does not travel with it; a cork on the surface goes round in a circle and comes back to nearly the place where it started, and so does every drop below it, in smaller and smaller circles, until at a depth of half a wavelength nothing moves. What travels is energy, handed from one circle to the next, and it can be handed on for thousands of miles with almost nothing lost. The swell that breaks on a Cornish beach on a windless morning may be the last word of a storm that nobody on that coast ever heard about.

Then the bottom rises. The lowest circles begin to drag along the ground and flatten into ellipses. The wave slows down, but the waves behind it have not slowed yet, so they crowd up; the energy that was spread over a long low hill is squeezed into a short steep one. At last the top overtakes the foot, and the whole thing falls forwards. All that patience, all those miles, are spent in about two seconds.

A breakwater has to be standing there for those two seconds, several thousand times a day.

## The first idea, which was to be heavy

The oldest answer is the obvious one: stones, and then more stones. The harbour of Alexandria had its moles, and so did Carthage. The Romans, who liked to improve on the obvious, discovered that a mortar made with volcanic ash from the bay of Naples would set under water and go on hardening there. They sank wooden boxes, filled them with the stuff, and left walls that are still in place. When chemists cut samples from them in our own century they found that the sea water had been growing crystals inside the concrete for two thousand years, knitting it together. Most walls begin to die on the day they are finished. These went on being built by the enemy.

But the recipe was lost along with the empire, and for a thousand years the usual breakwater was again a heap. There is much to be said for a heap. It has no upright face for a wave to hit, only a slope to run up, and while the water runs up it is losing itself in a maze of gaps. When a stone is moved the others settle around the place. A heap fails by degrees; it gives notice.

Its weakness is that it is only as strong as its loosest stone, and that the sea is very good at finding that stone.

## Plymouth

In 1811 a fleet needed somewhere to lie, and the Sound at Plymouth was wide open to the south-west. John Rennie proposed to lay a mile of limestone across it, in water as deep as a house is tall, with no shore to start from. On the twelfth of August 1812 the first block, weighing about seven tons, went over the side of a barge and out of sight.

The engineers had drawn the seaward side at a slope they thought reasonable. They tipped in stone by the boatload, and before long the ridge stood above low water, looking very much like success. Then, in January 1817, a storm took the upper part and rearranged it. When it was over, the outer face lay at a far gentler slope than the one in the drawings, about one in five. The engineers discussed the matter and put it back. In November 1824 a worse storm came and rearranged it again, at one in five.

There is a moment in every long piece of work when the material stops being a thing you shape and becomes a colleague. After 1824 they built the slope the sea had asked for. They faced it with fitted blocks, and at the western end they put a lighthouse, and nearly thirty years after the first block went down the wall was called complete. It has been added to ever since. Something like four million tons of stone lie there now, and every few years a hundred more big blocks are dropped along the outer side, because a breakwater is never really finished; it is only kept.

## The wall that fought

Not everyone was willing to take the sea's advice. Upright walls were more handsome, they used a fraction of the stone, and ships could lie alongside them. In deep water, where waves do not break but only rise and fall, an upright wall does very well: the wave climbs it, hangs for a moment, and goes home.

The trouble starts where a wave arrives at the wall in the very act of breaking. Then it does not climb. It strikes, with a pocket of air caught between the falling crest and the masonry, and for some hundredths of a second the pressure is that of a hammer. At Alderney, in the Channel Islands, a wall was carried out into water deeper than anyone had tried before, on a mound that tripped the waves at just the wrong place. Its builders mended it every summer and the winter undid them every year. In the end the outer half was given up. It lies there still as a reef, and the part that remains is among the most expensive lengths of wall in Europe, measured by the pound sterling spent for each winter survived.

Wick was stranger. In Caithness, Thomas Stevenson, of the family that built the lighthouses and later the novels, capped the end of a breakwater with a single mass of concrete of eight hundred tons, bound with iron to the blocks below. In December 1872 he was told that it had gone. The sea had lifted the cap and everything it was bound to, some thirteen hundred tons in one piece, and had set it down inside the harbour, whole. They built a heavier one. Five years later that went too.

Stevenson did what good engineers do after a humiliation: he measured. He had already built a device of springs and rods to be bolted to rocks and read after every gale, and he filled notebooks with its readings. Nobody before him had known, in numbers, what a wave does. A good deal of what came afterwards grew out of those springs.

## Shapes with arms

The modern answer is neither the heap nor the wall but something that would have amused Rennie. Since weight alone was never enough, people began to think about grip.

In 1950 a laboratory in Grenoble drew a block with four stubby legs pointing to the corners of a pyramid. Thrown down anyhow, such blocks tangle. Each rests on three others and is held by more; to move one the sea has to move its neighbours, and between them is as much empty space as concrete, so a wave entering the pile is split, turned, sent against itself, and comes out the other side as foam. They called it the tetrapod. After it came the dolos from East London in South Africa, shaped like an anchor with a twist, which a harbour engineer and his draughtsman worked out with pieces cut from a broomstick; and the accropode, and the X-bloc, and a dozen more, each a small improvement in the art of falling into a useful muddle.

It is an odd sort of precision. Every block is cast to the centimetre, and then it is let go, and the strength of the whole comes from not deciding exactly where it lands.

## What it is for

All of this is done for the sake of what happens on the other side, which is nothing. Inside the wall a man can paint the name on a boat with a fine brush. Nets can be spread, children can row about, a crane can set down a box within a hand's breadth. Nobody in the harbour looks at the breakwater much. On fine days people walk along the top of it with dogs. On the other days there is a low continuous sound from that direction, which one stops hearing after a week.

That may be the best thing to be said about any piece of protection: that it turns violence into a noise in the distance. It does not defeat what comes. It has no opinion about it. It stands where the work is to be done, it gives the incoming thing a great many small places in which to lose its force, and when a stone has shifted it lets itself be mended. It keeps what is behind it for as long as it is kept.

The sea, for its part, goes on arriving. It has, after all, nothing else to do. Every eight or ten seconds another hill of water that set out from somewhere else comes in over the rising ground, steepens, topples, and is turned into spray and sound. Then there is a pause, a long breath drawn in over the stones; and in the harbour, a ring of light moves slowly across the painted side of a boat.`,
    short: `A breakwater does not defeat the sea; it gives the sea a place to spend itself.

Heaps of stone came first, and they fail gently. Upright walls are handsome and cheap until a wave breaks right against them. At Plymouth the storms of 1817 and 1824 pushed the slope twice to the same angle, and the engineers finally built the one the water had asked for. At Wick the sea carried off thirteen hundred tons in one piece, which taught people to measure waves rather than to guess. Modern blocks with arms hold by tangling, and turn a wave against itself in the gaps between them.

All of it serves what happens on the other side, which is nothing: calm water, and a noise in the distance. Ask me for the long version when you have ten minutes.`,
  },
  zh: {
    whole: `# 海中之墙

每一座港口，起初都是人与天气的一场争论。有人望着海岸的一处弯角，看着渔船每天傍晚都得拖上卵石滩，心里想：要是海水在这里能安静一点就好了。海当然不会安静。但可以劝它把力气用在稍远一点的地方，用在一个不在乎的东西上。那个东西就是防波堤。人们学会修筑它的历史，是一部不断犯错的历史：错得缓慢，代价高昂，直到大海把自己解释清楚为止。

## 浪是什么

不妨先看看来的是什么。深水里的浪几乎算不上一样东西。水并不随它前行：水面上的软木塞转了一圈，差不多又回到原处；下面的每一滴水也是如此，圈子越来越小，到了半个波长的深处，便什么也不动了。前行的是能量，从一个圆圈交到下一个圆圈，可以这样传递数千里而几乎没有损耗。一个无风的早晨，拍在海滩上的涌浪，也许是一场风暴的最后一句话，而那片海岸上从来没有人听说过那场风暴。

然后海底升高了。最下面的圆圈开始擦着地面，被压成椭圆。浪慢了下来，而后面的浪还没有慢，于是挤到一起；原先铺在又长又低的山丘上的能量，被压进又短又陡的一座。终于，浪顶追过了浪脚，整个向前倒下。那样的耐心，那样长的路程，都在大约两秒之内花光。

防波堤要做的，就是在这两秒钟里站在那儿，一天几千次。

## 最初的办法：要重

最古老的答案也是最显而易见的：石头，然后是更多的石头。亚历山大港有它的堤，迦太基也有。罗马人喜欢在显而易见之上再进一步，他们发现，用那不勒斯湾的火山灰拌成的灰浆可以在水下凝结，并且会继续变硬。他们沉下木箱，灌满灰浆，留下的墙至今还在。我们这个时代的化学家从中取样，发现两千年来海水一直在混凝土内部生长晶体，把它编织得越来越紧。大多数墙从完工那天起就开始衰老，这些墙却由敌人继续建造。

可是配方随帝国一同失传了，此后一千年，常见的防波堤又成了一堆石头。石堆自有石堆的好处。它没有直立的面让浪去撞，只有一道坡让浪往上跑；水往上跑的时候，就在缝隙的迷宫里把自己弄丢了。一块石头移了位，别的石头会在周围重新落稳。石堆是一点一点垮的，它会事先打招呼。

它的弱点在于：整体的强度只等于最松的那块石头，而大海非常善于找到那一块。

## 普利茅斯

1811 年，舰队需要一处停泊的地方，而普利茅斯湾向西南方敞开着。约翰·伦尼提议用石灰岩横着铺出一英里，水深相当于一座房子的高度，两端都不靠岸。1812 年 8 月 12 日，第一块约七吨重的石头从驳船边滚下去，看不见了。

工程师们把朝海一侧画成他们认为合理的坡度。他们一船一船地抛石，不久石脊便露出低潮的水面，看上去很像是成功了。1817 年 1 月，一场风暴卷走了上部，又重新摆放了一遍。风停以后，外坡比图纸平缓得多，大约是一比五。工程师们商量了一番，把它改了回去。1824 年 11 月，来了一场更大的风暴，又把它重新摆成了一比五。

每一件漫长的工作里都有这样一个时刻：材料不再是你塑造的东西，而成了你的同事。1824 年之后，他们便照大海要求的坡度来修。外面铺上咬合的石块，西端立起一座灯塔；第一块石头沉下将近三十年之后，这道墙才算完成。从那以后，人们一直在往上添。如今那里躺着约四百万吨石头，每隔几年还要沿外侧再抛下上百块大石，因为防波堤从来不会真正完工，只能一直维护。

## 硬碰硬的墙

并不是人人都愿意听大海的建议。直立的墙更好看，用的石料少得多，船还能靠在旁边。在深水里，浪只是起伏而不破碎，直墙应付得很好：浪爬上去，停一停，便回家了。

麻烦出在浪正要破碎的那一刻撞上墙的地方。这时它不再往上爬，而是砸下来；倒下的浪头和石墙之间困住一团空气，在百分之几秒里，压力就像一记铁锤。在海峡群岛的奥尔德尼，人们把墙一直修进前所未有的深水，墙下的石基恰好在最不该的地方绊倒了浪。修墙的人每个夏天把它补好，冬天又年年把它毁掉。最后，外面的一半只好放弃，至今还像暗礁一样躺在那里。

威克的事更离奇。在苏格兰最北边，托马斯·史蒂文森（他的家族先造灯塔，后来又写小说）用一整块八百吨的混凝土压住防波堤的末端，并用铁条同下面的石块连在一起。1872 年 12 月，有人告诉他，那东西不见了。大海把它连同所系的一切，大约一千三百吨，整个抬起来，完好无损地放进了港内。他们又造了一个更重的。五年后，那一个也没了。

史蒂文森做了好工程师在受挫之后会做的事：测量。他早先就造过一种带弹簧和拉杆的装置，用螺栓固定在礁石上，每次大风之后去读数，记满了一本又一本。在他之前，没有人用数字知道过一个浪究竟能做什么。后来的许多东西，都是从那些弹簧里长出来的。

## 长着手臂的形状

现代的答案既不是石堆，也不是直墙，而是一种会让伦尼发笑的东西。既然光靠重量永远不够，人们便开始琢磨怎样彼此抓牢。

1950 年，格勒诺布尔的一间实验室画出一种块体：四条短粗的腿，指向锥体的四个角。随手抛下去，它们就会纠缠在一起。每一块压在另外三块上，又被更多的块体抓住；大海要想挪动一块，就得挪动它所有的邻居。而块体之间的空隙同混凝土一样多，浪一进去，便被劈开、扭转，自己撞上自己，从另一边出来时已经成了泡沫。人们叫它四脚块体。后来又有南非东伦敦的扭工字块，像一只拧过的锚，据说是一位港口工程师和他的绘图员用扫帚柄锯出来的小段摆弄成的；再往后还有十几种，每一种都是“落得乱而有用”这门手艺上的一点进步。

这是一种奇特的精确。每一块都按厘米浇筑，然后松手；整体的力量，恰恰来自不去决定它究竟落在哪里。

## 它是为了什么

这一切都是为了另一边发生的事，而另一边什么也没有发生。在墙内，可以用细笔给船描上名字；可以晾网，孩子们可以划着小船转悠，吊车放下箱子，误差不过一掌。港里的人不太看防波堤。天气好的日子，人们牵着狗在上面散步；天气不好的日子，那个方向会传来低沉而连绵的声音，过上一个星期便听不见了。

对任何一种保护来说，这也许是最好的评语：它把猛烈变成了远处的声响。它并不打败到来的东西，对它也没有意见。它站在该出力的地方，给来者许许多多细小的去处，让力气在那里消散；石头移了位，它就让人来修。它守护着身后的一切，只要还有人守护它。

而大海依旧一次次地到来。它毕竟没有别的事可做。每隔八秒十秒，又一座从别处出发的水丘涌过渐渐升高的海底，变陡，倾倒，化作水花和声音。然后是一阵停顿，像在石头上长长地吸了一口气；而在港湾里，一圈光正缓缓移过一条船漆过的船舷。`,
    short: `防波堤并不打败大海，它只是给大海一个用掉力气的地方。

最早是石堆，它垮得温和。直立的墙好看又省料，直到有浪正好在墙前破碎。在普利茅斯，1817 年和 1824 年的两场风暴把坡度推成了同一个角度，工程师终于照着海水的要求来修。在威克，大海把一千三百吨整块搬走，人们从此学会测量波浪，而不是猜测。现代的块体长着手臂，靠彼此纠缠站稳，让浪在缝隙里自己撞上自己。

这一切都是为了另一边的平静：安稳的水面，和远处的声响。有十分钟空闲时，可以请我讲完整的故事。`,
  },
};
